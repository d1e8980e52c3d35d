package declare

import (
	"slices"
	"strconv"
	"time"

	"example.org/hub/internal/hub"
)

func (x *index) describeRole(r roleState) *Role {
	d := &Role{}
	give(&d.ID, r.ID)
	give(&d.Key, r.Key)
	give(&d.Name, r.Name)
	give(&d.Description, r.Description)
	giveList(&d.Permissions, r.Permissions)
	return d
}

func (x *index) describeOrganisation(o organisationState) *Organisation {
	d := &Organisation{}
	give(&d.ID, o.ID)
	give(&d.Key, o.Key)
	give(&d.Name, o.Name)
	var retired []RetiredKey
	for _, key := range o.retired {
		one := RetiredKey{Credential: hashed(key.Digest)}
		give(&one.Label, key.Label)
		retired = append(retired, one)
	}
	giveList(&d.RetiredAPIKeys, retired)
	return d
}

func (x *index) describeGroup(g groupState) *Group {
	d := &Group{}
	give(&d.ID, g.ID)
	give(&d.Name, g.Name)
	give(&d.Description, g.Description)
	give(&d.RequireTwoFactor, g.RequireTwoFactor)
	if days := g.TwoFactorGrace / (24 * time.Hour); days > 0 {
		give(&d.TwoFactorGraceDays, strconv.Itoa(int(days)))
	}
	give(&d.AutoJoin, g.AutoJoin)
	give(&d.AutoJoinDomain, g.AutoJoinDomain)
	giveTime(&d.TwoFactorSince, g.TwoFactorSince)
	giveList(&d.Subgroups, x.groupNames(g.subgroups))
	x.describeGrants(&d.Roles, g.grants, "")
	return d
}

func (x *index) groupNames(ids []string) []string {
	labels := make([]string, len(ids))
	for i, id := range ids {
		labels[i] = x.groups.label(id)
	}
	slices.Sort(labels)
	return labels
}

func (x *index) describeUser(u userState) *User {
	d := &User{}
	give(&d.ID, u.ID)
	give(&d.Login, u.Login)
	give(&d.Name, u.Name)
	give(&d.Email, u.Email)
	give(&d.EmailVerified, u.EmailVerified)
	if u.Kind != hub.Person {
		give(&d.Kind, string(u.Kind))
	}
	if u.password.Hash != "" {
		var c Credential
		give(&c.Hash, u.password.Hash)
		d.Password = Given[Credential]{Mark{Set: true}, c}
		give(&d.MustChangePassword, u.password.MustChange)
	}
	x.describeMemberships(d, u.groups)
	if u.Organisation != "" {
		give(&d.Organisation, x.organisations.label(u.Organisation))
	}
	x.describeGrants(&d.Roles, u.grants, "")
	give(&d.Banned, u.Banned)
	give(&d.BanReason, u.BanReason)
	if !u.totp.ConfirmedAt.IsZero() { // one that is being set up is none yet
		d.TOTP = sealed(u.totp.Sealed)
	}
	var recovery []Credential
	for _, digest := range u.recovery {
		recovery = append(recovery, hashed(digest))
	}
	giveList(&d.RecoveryCodes, recovery)
	describePasskeys(&d.Passkeys, u.passkeys)
	giveList(&d.FormerIDs, u.formers)
	var passwords []ApplicationPassword
	for _, password := range u.passwords {
		passwords = append(passwords, *describeApplicationPassword(password))
	}
	giveList(&d.ApplicationPasswords, passwords)
	var tokens []PermanentToken
	for _, token := range u.tokens {
		if one := x.describeToken(token); one.Scope.Set {
			tokens = append(tokens, *one)
		}
	}
	giveList(&d.PermanentTokens, tokens)
	return d
}

func (x *index) describeMemberships(d *User, groups []membership) {
	var refs []MemberRef
	for _, one := range groups {
		var ref MemberRef
		give(&ref.Group, x.groups.label(one.group))
		giveTime(&ref.Since, one.since)
		refs = append(refs, ref)
	}
	inOrder(refs, func(ref *MemberRef) string { return ref.Group.Value })
	giveList(&d.Groups, refs)
}

func describeAuthor(to *Given[Author], id, name string) {
	var author Author
	give(&author.ID, id)
	give(&author.Name, name)
	if author.ID.Set || author.Name.Set {
		*to = Given[Author]{Mark{Set: true}, author}
	}
}

func describeApplicationPassword(p hub.ApplicationPassword) *ApplicationPassword {
	d := &ApplicationPassword{Credential: hashed(p.Digest)}
	give(&d.ID, p.ID)
	give(&d.Name, p.Name)
	give(&d.Hint, p.Hint)
	give(&d.Suspended, p.Suspended)
	describeAuthor(&d.CreatedBy, p.AuthorID, "")
	giveTime(&d.Created, p.CreatedAt)
	return d
}
