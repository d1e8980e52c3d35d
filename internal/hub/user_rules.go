package hub

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/hub/internal/fault"
)

// maxDescription is the most characters that a description may have.
const maxDescription = 4000

// CheckDescription says what is wrong with a longer text for people, which may be empty and have several lines; empty
// means nothing is.
func CheckDescription(text string) string {
	switch {
	case !utf8.ValidString(text):
		return "must be valid UTF-8"
	case utf8.RuneCountInString(text) > maxDescription:
		return "must have at most 4000 characters"
	}
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' {
			return "must not hold control characters"
		}
	}
	return ""
}

// checkEmail says what is wrong with an e-mail address; empty means nothing is. Only mail can tell whether it is somebody's,
// so this asks for no more than a name, an @ and a host, and nothing that could break out of a header.
func checkEmail(address string) string {
	local, host, found := strings.Cut(address, "@")
	switch {
	case CheckName(address) != "":
		return CheckName(address)
	case !found || local == "" || host == "" || strings.Contains(host, "@"):
		return "must look like name@host"
	case strings.ContainsFunc(address, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`<>,;:"()[]\`, r) }):
		return "must not hold spaces or any of < > , ; : \" ( ) [ ] \\"
	}
	return ""
}

// Check gives everything that is wrong with a user by itself. Field names are those of hub.yaml and REST.
func (u User) Check() []fault.Field {
	var wrong []fault.Field
	add := func(name, reason string) {
		if reason != "" {
			wrong = append(wrong, fault.Field{Name: name, Reason: reason})
		}
	}
	add("id", CheckKey(u.ID))
	add("login", CheckLogin(u.Login))
	if u.Name != "" {
		add("name", CheckName(u.Name))
	}
	if u.Email != "" {
		add("email", checkEmail(u.Email))
	}
	switch {
	case (u.Kind == Guest) != (u.ID == GuestID):
		add("kind", "may be guest for the one guest only")
	case u.Kind != Person && u.Kind != Bot && u.Kind != Guest:
		add("kind", "must be person or bot")
	}
	add("banReason", CheckDescription(u.BanReason))
	return wrong
}

// CheckLogin says what is wrong with a login; empty means nothing is. "me" stands for the asker in URLs.
func CheckLogin(login string) string {
	return apart(CheckKey(login), login, "me", "merge", "queryassist")
}

// Check gives everything that is wrong with a group by itself.
func (g Group) Check() []fault.Field {
	return named([]fault.Field{
		{Name: "id", Reason: CheckKey(g.ID)}, {Name: "name", Reason: CheckName(g.Name)},
		{Name: "description", Reason: CheckDescription(g.Description)}, {Name: "autoJoinDomain", Reason: g.checkDomain()},
		{Name: "twoFactorGraceDays", Reason: g.checkGrace()},
	})
}

func (g Group) checkDomain() string {
	switch {
	case g.AutoJoinDomain == "":
		return ""
	case !g.AutoJoin:
		return "means nothing while autoJoin is off"
	case checkEmail("x@"+g.AutoJoinDomain) != "":
		return "must be a domain such as example.com"
	}
	return ""
}

// maxGrace bounds how long a rule may wait.
const maxGrace = 366 * 24 * time.Hour

func (g Group) checkGrace() string {
	if g.TwoFactorGrace < 0 || g.TwoFactorGrace > maxGrace || g.TwoFactorGrace%(24*time.Hour) != 0 {
		return "must be a number of days from 0 to 366"
	}
	return ""
}

// Check gives everything that is wrong with an organisation by itself.
func (o Organisation) Check() []fault.Field {
	return named([]fault.Field{{Name: "id", Reason: CheckKey(o.ID)}, {Name: "key", Reason: apart(CheckKey(o.Key), o.Key, "queryassist")},
		{Name: "name", Reason: CheckName(o.Name)}})
}

// Check gives everything that is wrong with a role by itself.
func (r Role) Check() []fault.Field {
	wrong := named([]fault.Field{
		{Name: "id", Reason: CheckKey(r.ID)}, {Name: "key", Reason: apart(CheckKey(r.Key), r.Key, "merge", "queryassist")},
		{Name: "name", Reason: CheckName(r.Name)}, {Name: "description", Reason: CheckDescription(r.Description)},
	})
	for _, permission := range r.Permissions {
		if reason := CheckPermission(permission); reason != "" {
			wrong = append(wrong, fault.Field{Name: "permissions", Reason: quoteReason(permission, reason)})
		}
	}
	return wrong
}

// CheckPermission says what is wrong with a permission in a role; empty means nothing is.
func CheckPermission(permission string) string {
	if permission == AllPermissions {
		return ""
	}
	service, key, found := strings.Cut(permission, ":")
	if !found || CheckKey(service) != "" || CheckKey(key) != "" || strings.Contains(permission, AllPermissions) {
		return `must be service-key:permission, such as "payments:create", or "*" for all`
	}
	return ""
}

// named leaves out the fields with which nothing is wrong.
func named(fields []fault.Field) []fault.Field {
	var wrong []fault.Field
	for _, field := range fields {
		if field.Reason != "" {
			wrong = append(wrong, field)
		}
	}
	return wrong
}
