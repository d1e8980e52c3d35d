package matrix_test

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"example.org/hub/internal/store"
	"example.org/hub/test/blackbox"
	"example.org/hub/test/postgres"
)

// TestWhatIsTakenAwayOnOneNodeClosesTheDoorsOfAnother takes things away through one node and goes on asking the other, which had
// everything in memory.
func TestWhatIsTakenAwayOnOneNodeClosesTheDoorsOfAnother(t *testing.T) {
	dsn, data := postgres.Start(t), t.TempDir()
	signer, public := newKey()
	blackbox.MustRun(t, declare(public), "apply", "-f", "-", "--data", data, "--database", dsn)
	near := blackbox.Serve(t, data, append(limits(), "--database", dsn)...)
	far := blackbox.Serve(t, "", append(limits(), "--database", dsn, "--url", near.URL, "--master-key-file", filepath.Join(data, "master.key"))...)
	sites := sitesOf(t, near, store.Options{DSN: dsn, MustExist: true}, nil, signer)
	byName := map[string]*door{}
	for _, d := range doors() {
		byName[d.name] = d
	}
	for name, tc := range map[string]struct {
		door  string
		taken take
	}{
		"a user is banned":                  {permanentToken, banned},
		"the user of an API client, banned": {createToken, banned},
		"the developer of an app, banned":   {login, banned},
		"a person with a token, banned":     {forwardAuth, banned},
		"a service is switched off":         {refresh, disabled(servicePath)},
		"its tokens":                        {introspection, disabled(servicePath)},
		"a service is deleted":              {forwardAuth, deleted(servicePath)},
		"an API client is switched off":     {createToken, disabled(clientPath)},
		"an API client is deleted":          {createToken, deleted(clientPath)},
		"an app is switched off":            {login, disabled(appPath)},
		"an app is deleted":                 {login, deleted(appPath)},
		"a trusted service is deleted":      {machines, deleted(robotPath)},
		"a consent is withdrawn":            {introspection, consentWithdrawn},
		"its refresh token":                 {refresh, consentWithdrawn},
		"a password is changed":             {forwardAuth, passwordChanged},
		"its sign-in form":                  {signInForm, passwordChanged},
		"a permanent token is deleted":      {permanentToken, tokenDeleted},
	} {
		for _, h := range sites {
			t.Run(name+" ("+string(h.environment)+")", func(t *testing.T) {
				t.Parallel()
				s := h.scene(t, byName[tc.door])
				here, there := s.at, far.At("")
				if h.environment == "test" {
					there = far.At("/test")
				}
				who := s.visitor()
				last := s.door.ready(s, who)
				s.at = there
				s.opens(last) // now the far node has it in memory
				s.at = here
				tc.taken(s, who)
				s.refused(last())
				s.at = there
				took := blackbox.Soon(t, name, func() bool { return !s.door.opened(last()) })
				t.Logf("seen by the other node within %v", took.Round(time.Millisecond))
				if took > 3*time.Second { // a second is the rule; the machine of a test may be busy
					t.Errorf("the other node saw it after %v", took)
				}
			})
		}
	}
}

// tokenDeleted deletes the permanent token.
func tokenDeleted(s *scene, who *subject) {
	all, err := s.db.PermanentTokensOfUser(s.Context(), who.userID)
	if err != nil || len(all) != 1 {
		s.Fatalf("%d permanent tokens, %v", len(all), err)
	}
	s.asRoot(http.MethodDelete, "/users/"+who.userID+"/permanenttokens/"+all[0].ID, "")
}
