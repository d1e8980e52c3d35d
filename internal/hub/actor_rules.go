package hub

import (
	"encoding/json"
	"strings"

	"example.org/hub/internal/fault"
)

// Require says whether the actor may do what this Hub permission ("service-create") is for, on something that belongs to
// this organisation ("" is none). The error is fault.Forbidden and names the permission that is missing.
func (a Actor) Require(permission, organisation string) error {
	key := HubServiceKey + ":" + permission
	if a.Program && permission != "self-update" && !strings.HasSuffix(permission, "-read") && permission != "user-read-basic" {
		return fault.New(fault.StepUp, "an application password administers nothing: sign in, or use a permanent token")
	}
	if !a.Permissions.HasIn(organisation, key) {
		return fault.New(fault.Forbidden,
			"this needs the permission %s: whoever has hub:role-manage, such as a System Admin, can grant you a role that gives it", key)
	}
	return nil
}

// RequireAny is Require for what any one of several permissions is enough for.
func (a Actor) RequireAny(organisation string, permissions ...string) error {
	for _, permission := range permissions {
		if a.Require(permission, organisation) == nil {
			return nil
		}
	}
	return fault.New(fault.Forbidden,
		"this needs one of the permissions %s: whoever has hub:role-manage, such as a System Admin, can grant you a role that gives it",
		HubServiceKey+":"+strings.Join(permissions, ", "+HubServiceKey+":"))
}

// Change says whether the actor's credential may change anything at all: one made for reading may not.
func (a Actor) Change() error {
	if a.ReadOnly {
		return fault.New(fault.Forbidden, "this credential was made for reading only; use one that may change things")
	}
	return nil
}

// StepUp says whether the actor may do what makes or shows secrets, grants rights or changes how somebody signs in.
func (a Actor) StepUp() error {
	if a.Fresh {
		return nil
	}
	return fault.New(fault.StepUp, "this needs a sign-in of the last 15 minutes, or a permanent token made with the scope item %s; sign in again",
		ScopeAdminister)
}

// Cover says whether the actor holds all that other allows: nobody grants, or acts with, what they do not hold. what
// names the act in the message, as in "grant this role".
func (a Actor) Cover(other Permissions, what string) error {
	if a.Permissions.Covers(other) {
		return nil
	}
	missing := []string{}
	for _, key := range other.Encode() {
		if !a.Permissions.Covers(NewPermissions(key)) {
			missing = append(missing, key)
		}
	}
	if len(missing) > 5 {
		missing = append(missing[:5], "...")
	}
	return fault.New(fault.Forbidden,
		"to %s you must hold all that it allows, and you lack %s: ask somebody who holds that, such as a System Admin, "+
			"to do it or to grant it to you", what, strings.Join(missing, ", "))
}

// HeldIn is what the actor may do in an environment; elsewhere is what its user holds there. In another environment than
// its own that is what the user holds, as far as the credential at hand does not confine it; a service is none there.
func (a Actor) HeldIn(environment Environment, elsewhere Permissions) Permissions {
	switch {
	case a.Environment == "" || a.Environment == environment:
		return a.Permissions
	case a.ServiceID != "":
		return Permissions{}
	}
	return elsewhere.Intersect(a.Permissions)
}

// Within says whether the actor is of the environment in which it changes something that belongs to one: a credential of
// one environment is unknown to the other.
func (a Actor) Within(environment Environment) error {
	if a.Environment != "" && a.Environment != environment {
		return fault.New(fault.Forbidden, "this belongs to the %s environment: use the base URL, and a credential, of that one", environment)
	}
	return nil
}

// Did makes the event that tells of a change by this actor: done now, with success. details, made by Details, say what changed; they
// may be empty and never hold a secret.
func (a Actor) Did(action, targetType, targetID, targetName, details string) Event {
	event := Event{
		ID: NewID(), At: Now(), Environment: a.Environment, AuthorID: a.ID(), AuthorName: a.Name, Action: action,
		TargetType: targetType, TargetID: targetID, TargetName: targetName, Door: a.Door, Credential: a.Credential,
		Result: Success, Details: details,
	}
	if a.Address.IsValid() {
		event.Address = a.Address.Unmap().String()
	}
	return event
}

// Details writes what an event tells beside who, what and on whom, as JSON: a struct or map of texts, numbers, flags and lists of them,
// which can always be written. An empty map, or none, tells nothing.
func Details(what any) string {
	text, err := json.Marshal(what)
	if err != nil || string(text) == "{}" || string(text) == "null" {
		return ""
	}
	return string(text)
}
