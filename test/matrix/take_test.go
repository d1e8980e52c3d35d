package matrix_test

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/store"
	"example.org/hub/test/blackbox"
)

// take takes something away from somebody who stands before a door. When it returns the hub has it: what is asked next meets it.
type take func(*scene, *subject)

// refuses reports whether a step leads nowhere.
func refuses(step step) func() bool { return func() bool { return !isOK(step()) } }

func banned(s *scene, who *subject) {
	s.asRoot(http.MethodPost, "/users/"+who.userID, `{"banned":true,"banReason":"for a test"}`)
}

// The clients of somebody, as the REST API names them.
func servicePath(who *subject) string { return "/services/" + who.service }
func robotPath(who *subject) string   { return "/services/" + who.robot }
func clientPath(who *subject) string  { return "/users/" + who.userID + "/apiclients/" + who.client }
func appPath(who *subject) string     { return "/users/" + who.userID + "/apps/" + who.app }

// disabled switches a client off, deleted takes it away: on the node that is asked, so what is asked next must meet it.
func disabled(path func(*subject) string) take {
	return func(s *scene, who *subject) { s.asRoot(http.MethodPost, path(who), `{"disabled":true}`) }
}

func deleted(path func(*subject) string) take {
	return func(s *scene, who *subject) { s.asRoot(http.MethodDelete, path(who), "") }
}

// change changes rows beside the hub, as another node would, and waits until the hub has seen it.
func (s *scene) change(work func(context.Context, *store.Tx) error, seen func() bool) {
	s.Helper()
	if err := s.db.Tx(s.Context(), func(tx *store.Tx) error { return work(s.Context(), tx) }); err != nil {
		s.Fatal(err)
	}
	blackbox.Soon(s, "a change of rows", seen)
}

// factorRequired makes a group of somebody require a second factor, at once.
func factorRequired(s *scene, who *subject) {
	s.asRoot(http.MethodPost, "/usergroups/"+who.group, `{"requireTwoFactorAuthentication":true}`)
}

// passwordChanged changes the password by a mailed link, as who has forgotten it does.
func passwordChanged(s *scene, who *subject) {
	if answer := s.restore(s.mailed(who), another); !enteredAnew(answer) {
		s.Fatalf("the password was not changed: %d %s", answer.Status, answer.Body)
	}
}

// consentWithdrawn takes back what somebody allowed the service.
func consentWithdrawn(s *scene, who *subject) {
	all, err := s.db.ApprovedScopesOfUser(s.Context(), who.userID)
	if err != nil || len(all) != 1 {
		s.Fatalf("%d approved scopes, %v", len(all), err)
	}
	s.withdraw(all[0].ID)
}

// ended moves the end of something into the past.
func ended(statement string) take {
	return func(s *scene, who *subject) {
		result, err := s.raw.ExecContext(s.Context(), statement, who.userID, who.service)
		if err != nil {
			s.Fatal(err)
		}
		if n, err := result.RowsAffected(); n == 0 || err != nil {
			s.Fatalf("nothing has ended: %v", err)
		}
	}
}

// The ends of what waits, by whose it is ($1 the user, $2 the service).
const (
	codeEnded    = `UPDATE grant_families SET code_ends_at = 1 WHERE user_id = $1 AND client_id = $2`
	refreshEnded = `UPDATE grant_families SET ends_at = 1, lasts_until = 1 WHERE user_id = $1 AND client_id = $2`
	deviceEnded  = `UPDATE grant_families SET code_ends_at = 1, ends_at = 1 WHERE user_id = $1 AND client_id = $2`
	resetEnded   = `UPDATE reset_codes SET expires_at = 1 WHERE user_id = $1 AND $2 <> ''`
	sessionEnded = `UPDATE sessions SET expires_at = 1 WHERE user_id = $1 AND $2 <> ''`
)

// tokenEnded moves the end of the permanent token into the past.
func tokenEnded(s *scene, who *subject) {
	s.editToken(who, func(token *hub.PermanentToken) { token.ExpiresAt = time.Now().Add(-time.Second) }, refuses(readyPermanentToken(s, who)))
}

// tokenConfinedTo lets the permanent token be used from an address only.
func tokenConfinedTo(address string) take {
	return func(s *scene, who *subject) {
		s.editToken(who, func(token *hub.PermanentToken) { token.Allowlist = []netip.Prefix{netip.MustParsePrefix(address)} }, func() bool {
			return !isOK(s.at.Get(s, restPath+"/users/me", s.from("172.16.0.1"), blackbox.Bearer(who.token)))
		})
	}
}

func (s *scene) editToken(who *subject, edit func(*hub.PermanentToken), seen func() bool) {
	s.Helper()
	s.change(func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.PermanentTokensOfUser(ctx, who.userID)
		if err != nil {
			return err
		}
		edit(&all[0])
		return tx.UpdatePermanentToken(ctx, all[0])
	}, seen)
}

// secretEnded moves the end of a client's secret into the past, as it is with the old one after a rotation.
func secretEnded(owner func(*subject) string, seen func(*scene, *subject) step) take {
	return func(s *scene, who *subject) {
		s.change(func(ctx context.Context, tx *store.Tx) error {
			all, err := tx.Secrets(ctx, s.environment, owner(who))
			if err != nil {
				return err
			}
			return tx.EndSecret(ctx, all[0].ID, time.Now().Add(-time.Second))
		}, refuses(seen(s, who)))
	}
}

// keyEnded is the same for the key of an app.
func keyEnded(s *scene, who *subject) {
	s.change(func(ctx context.Context, tx *store.Tx) error {
		app, err := tx.App(ctx, s.environment, who.app)
		if err != nil {
			return err
		}
		app.PreviousDigest, app.PreviousEndsAt = app.Digest, time.Now().Add(-time.Second)
		app.Digest = s.master.Digest("another key of " + who.app)
		return tx.UpdateApp(ctx, app)
	}, refuses(readyLogin(s, who)))
}

// withdraw takes back an approval; whatever came of it ends.
func (s *scene) withdraw(id string) {
	s.Helper()
	s.asRoot(http.MethodDelete, "/users/"+s.approver(id)+"/approvedscopes/"+id, "")
}

func (s *scene) approver(id string) string {
	s.Helper()
	approved, err := s.db.ApprovedScopeByID(s.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	return approved.UserID
}
