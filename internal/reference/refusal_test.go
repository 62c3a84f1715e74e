package reference

import "testing"

func TestWhatAProviderSaysOfAnError(t *testing.T) {
	for body, want := range map[string]string{
		`{"errors":"[API] Invalid API key"}`:                                        "[API] Invalid API key",
		`{"errors":{"topic":["Invalid topic","not yours"],"address":["is taken"]}}`: "address: is taken; topic: Invalid topic; not yours",
		`{"errors":["a",{"message":"b"}]}`:                                          "a; message: b",
		`{"error":"invalid_request","error_description":"The code was used"}`:       "invalid_request: The code was used",
		`{"code":"gone","message":"Invalid ID.","data":{"status":404}}`:             "gone: Invalid ID.",
		`{"errors":null}`:  "",
		`{"errors":""}`:    "",
		`{"id":1}`:         "",
		`[{"errors":"a"}]`: "",
		`<html>`:           "",
	} {
		got, ok := explanation([]byte(body))
		if got != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	secret := []byte(`{"access_token":"shh"`)
	if got := (call{anonymous: true}).quote(secret); got != "(not shown: it is about credentials)" {
		t.Error(got)
	}
	if got := (call{}).quote([]byte("<html>  busy\n</html>")); got != "<html> busy </html>" {
		t.Error(got)
	}
}
