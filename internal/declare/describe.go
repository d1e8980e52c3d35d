package declare

import (
	"encoding/base64"
	"time"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// Describing is the way from what a database holds to what hub.yaml says. Keys whose value is empty, or what it is by
// itself, are left out. Two states that are described alike are alike: a plan compares descriptions, and export writes them.

func give[V comparable](to *Given[V], value V) {
	var none V
	if value != none {
		*to = Given[V]{Mark{Set: true}, value}
	}
}

func giveList[E any](to *Given[[]E], list []E) {
	if len(list) > 0 {
		*to = Given[[]E]{Mark{Set: true}, list}
	}
}

func giveTime(to *Given[time.Time], at time.Time) {
	if !at.IsZero() {
		*to = Given[time.Time]{Mark{Set: true}, at}
	}
}

func hashed(digest []byte) Credential {
	var c Credential
	give(&c.Hash, secret.FormatDigest(digest))
	return c
}

func sealed(box []byte) Given[Credential] {
	if len(box) == 0 {
		return Given[Credential]{}
	}
	var c Credential
	give(&c.Sealed, base64.StdEncoding.EncodeToString(box))
	return Given[Credential]{Mark{Set: true}, c}
}

// describeGrants leaves out the environment that goes without saying: for a service its own.
func (x *index) describeGrants(to *Given[[]GrantRef], grants []hub.Grant, own hub.Environment) {
	var refs []GrantRef
	for _, grant := range grants {
		var ref GrantRef
		give(&ref.Role, x.roles.label(grant.RoleID))
		if grant.Organisation != "" {
			give(&ref.Organisation, x.organisations.label(grant.Organisation))
		}
		if grant.Environment != own {
			give(&ref.Environment, string(grant.Environment))
		}
		refs = append(refs, ref)
	}
	inOrder(refs, func(ref *GrantRef) string {
		return ref.Role.Value + "\x00" + ref.Organisation.Value + "\x00" + ref.Environment.Value
	})
	giveList(to, refs)
}
