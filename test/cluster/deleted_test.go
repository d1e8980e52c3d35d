package cluster_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.org/hub/test/blackbox"
	"example.org/hub/test/sample"
)

// TestWhatIsDeletedOverRESTIsDeadAtEveryDoorOfEveryNode makes one credential of each kind on one node, knocks with it at both,
// and deletes it.
func TestWhatIsDeletedOverRESTIsDeadAtEveryDoorOfEveryNode(t *testing.T) {
	t.Parallel()
	h := start(t)
	blackbox.MustRun(t, "", append([]string{"admin", "create", "--login", "grace"}, h.settings...)...)
	administrator := blackbox.Bearer(strings.TrimSpace(blackbox.MustRun(t, "",
		append([]string{"token", "create", "--user", "grace", "--name", "desk", "--scope", "Hub administer"}, h.settings...)...)))
	post := func(path, body string) *blackbox.Answer {
		t.Helper()
		answer := h.near.Post(t, "/api/rest/users/me"+path, body, administrator)
		if answer.Status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, answer.Status, answer.Body)
		}
		return answer
	}
	token := post("/permanenttokens", `{"name": "one", "scope": [{"key": "hub"}, {"key": "payments"}]}`)
	password := post("/applicationPasswords", `{"name": "one"}`)
	client := post("/apiclients", `{"label": "one"}`)
	app := post("/apps", `{"label": "one"}`)
	for _, address := range []string{"127.0.0.0/8", "::1"} {
		post("/apps/"+app.Text("appId")+"/allowlist", `{"address": "`+address+`"}`)
	}
	createToken := func(node *sample.Node) *blackbox.Answer {
		return node.Form(t, "/oauth/create_token", []string{
			"client_id", client.Text("id"), "client_secret", client.Text("secret"), "grant_type", "client_credentials",
		})
	}
	login := func(node *sample.Node) *blackbox.Answer {
		return node.Post(t, "/login", `{"app_id": "`+app.Text("appId")+`", "app_key": "`+app.Text("appKey")+`"}`)
	}
	me := func(option blackbox.Option) func(*sample.Node) *blackbox.Answer {
		return func(node *sample.Node) *blackbox.Answer { return node.Get(t, "/api/rest/users/me", option) }
	}
	forward := func(bearer string) func(*sample.Node) *blackbox.Answer {
		return func(node *sample.Node) *blackbox.Answer {
			return node.Get(t, "/api/forward-auth?service=payments", blackbox.Bearer(bearer))
		}
	}
	told := func(bearer string) func(*sample.Node) *blackbox.Answer {
		return func(node *sample.Node) *blackbox.Answer {
			answer, err := sample.Payments().Introspect(t.Context(), node.Asker, bearer)
			if err != nil {
				t.Fatal(err)
			}
			return answer
		}
	}
	ofClient, ofApp := createToken(h.near).Text("access_token"), login(h.near).Text("access_token")
	for _, c := range []struct {
		path  string
		doors map[string]func(*sample.Node) *blackbox.Answer
	}{
		{"/permanenttokens/" + token.Text("id"), map[string]func(*sample.Node) *blackbox.Answer{
			"REST":         me(blackbox.Bearer(token.Text("token"))),
			"forward-auth": forward(token.Text("token")), "introspection": told(token.Text("token")),
		}},
		{"/applicationPasswords/" + password.Text("id"), map[string]func(*sample.Node) *blackbox.Answer{
			"REST": me(blackbox.Basic("grace", password.Text("password"))),
		}},
		{"/apiclients/" + client.Text("id"), map[string]func(*sample.Node) *blackbox.Answer{
			"create_token": createToken, "forward-auth": forward(ofClient),
			"introspection": told(ofClient), "REST": me(blackbox.Bearer(ofClient)),
		}},
		{"/apps/" + app.Text("appId"), map[string]func(*sample.Node) *blackbox.Answer{"login": login, "forward-auth": forward(ofApp)}},
	} {
		for _, node := range []*sample.Node{h.near, h.far} {
			for door, knock := range c.doors {
				blackbox.Soon(t, c.path+" opens "+door, func() bool { return sample.Judge(knock(node), nil) == sample.Good })
			}
		}
		if answer := h.near.Do(t, http.MethodDelete, "/api/rest/users/me"+c.path, "", administrator); answer.Status != http.StatusOK {
			t.Fatalf("%s: %d %s", c.path, answer.Status, answer.Body)
		}
		deleted := time.Now()
		for door, knock := range c.doors {
			if verdict := sample.Judge(knock(h.near), nil); verdict != sample.Bad {
				t.Errorf("%s on the node that deleted it: %s at %s", c.path, verdict, door)
			}
			blackbox.Soon(t, c.path+" is dead at "+door, func() bool { return sample.Judge(knock(h.far), nil) == sample.Bad })
		}
		t.Logf("%s: dead at every door of both nodes within %v", c.path, time.Since(deleted).Round(time.Millisecond))
	}
}
