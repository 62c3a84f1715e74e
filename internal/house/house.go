// Package house holds the tests of the repository as a whole: which room may import which.
package house
