package profile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/profile"
)

// problemCase is a profile with something wrong, and what is said of it.
type problemCase struct {
	name, text string
	want       []string
}

// Most profiles begin so.
const (
	head    = "apiVersion: syncspec/v1\nkind: Target\nname: acme\n"
	started = head + "start: {command: [x]}\n"
)

// each loads every profile; beside it are a folder and a file of SQL.
func each(t *testing.T, cases []problemCase) {
	t.Helper()
	const sql = `SELECT '@no', "@no", @account_url, @acount_url, @integration_id, a @> b, $$ @no $$ -- @no
/* @no */, @run_id, @credentials_token, @port_web`
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			file := write(t, tc.text)
			if err := os.Mkdir(filepath.Join(filepath.Dir(file), "folder"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(filepath.Dir(file), "retry.sql"), []byte(sql), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := profile.LoadTarget(file, environment)
			if err == nil {
				t.Fatal("it was taken")
			}
			if diff := cmp.Diff(tc.want, strings.Split(strings.ReplaceAll(err.Error(), file, ""), "\n")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
