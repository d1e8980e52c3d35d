package rest

import (
	"strings"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

// classic begins the keys by which clients of JetBrains Hub know the permissions of Hub itself. What they call a project is an
// organisation here.
const classic = "jetbrains.jetpass."

// renamed are the permissions of Hub that are called something else there.
func renamed() map[string]string {
	return map[string]string{"self-update": "profile-updateSelf", "admin-read": "low-level-read", "admin-write": "low-level"}
}

// classicKeys gives the keys under which known clients look for a permission; none for those of other services.
func classicKeys(key string) []string {
	service, own, _ := strings.Cut(key, ":")
	if service != hub.HubServiceKey {
		return nil
	}
	if theirs, is := renamed()[own]; is {
		return []string{classic + theirs}
	}
	keys := []string{classic + own}
	switch verb, is := strings.CutPrefix(own, "organization-"); {
	case is && verb == "read":
		keys = append(keys, classic+"project-read", classic+"project-read-basic")
	case is:
		keys = append(keys, classic+"project-"+verb)
	}
	return keys
}

// ourKey is what a key of theirs means here; a key of ours stays as it is.
func ourKey(key string) string {
	theirs, is := strings.CutPrefix(key, classic)
	if !is {
		return key
	}
	for own, name := range renamed() {
		if theirs == name {
			return hub.HubServiceKey + ":" + own
		}
	}
	if verb, is := strings.CutPrefix(theirs, "project-"); is {
		theirs = "organization-" + strings.TrimSuffix(verb, "-basic")
	}
	return hub.HubServiceKey + ":" + theirs
}

// inOurWords is a query in which permissions have our keys.
func inOurWords(where query.Node) query.Node {
	return where.Rewrite(func(condition query.Node) query.Node {
		condition.Value = ourKey(condition.Value)
		for i := range condition.Of { // of a tuple, which is not rewritten within
			condition.Of[i].Value = ourKey(condition.Of[i].Value)
		}
		return condition
	})
}
