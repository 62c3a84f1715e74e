package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// needProcessTable leaves a test out where nothing can be said of leftovers. It comes first in a test: one that has begun
// must not end as though nothing had been wrong. Where everything must be tested it fails.
func needProcessTable(t *testing.T) {
	t.Helper()
	const why = "there is no /proc to look for leftovers in"
	if _, err := os.Stat("/proc/self/stat"); err == nil {
		return
	}
	if os.Getenv("SYNCSPEC_REQUIRE_ALL") == "1" {
		t.Fatal("SYNCSPEC_REQUIRE_ALL=1, but " + why)
	}
	t.Skip(why)
}

// parents reads the process table: each process's parent.
func parents(t *testing.T) map[int]int {
	t.Helper()
	table := map[int]int{}
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(files) == 0 {
		t.Fatal("there is no process table to look at: the test must begin with needProcessTable")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // ended meanwhile
		}
		text := string(data)
		pid, _ := strconv.Atoi(text[:strings.IndexByte(text, ' ')])
		fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:]) // the name may hold anything
		table[pid], _ = strconv.Atoi(fields[1])
	}
	return table
}

// descendants lists the processes below root.
func descendants(t *testing.T, root int) []int {
	t.Helper()
	table := parents(t)
	var found []int
	for pid := range table {
		for p := table[pid]; p > 1; p = table[p] {
			if p == root {
				found = append(found, pid)
				break
			}
		}
	}
	return found
}

// running lists the processes that have a text in their environment.
func running(t *testing.T, text string) []int {
	t.Helper()
	var found []int
	for pid := range parents(t) {
		if env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid)); err == nil && strings.Contains(string(env), text) {
			found = append(found, pid)
		}
	}
	return found
}

// gone waits until none of the processes is there.
func gone(t *testing.T, pids []int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		table := parents(t)
		if !slices.ContainsFunc(pids, func(pid int) bool { _, there := table[pid]; return there }) {
			return
		}
	}
	t.Fatalf("some of the processes %v do not end", pids)
}
