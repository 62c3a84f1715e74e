// Package adopt reads the database of an integration and proposes the profile's names: which table and which column of it is
// which of the source's. It judges by names, types, keys and, where rows are there, values; what it is not sure of it says, and
// does not claim. It reads alone, within bounds, and no value that it sees is ever written anywhere.
package adopt
