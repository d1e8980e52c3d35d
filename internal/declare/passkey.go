package declare

import (
	"bytes"
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"time"

	"example.org/hub/internal/hub"
)

// Passkey is a passkey of the user in whose list it stands, as export writes it. Nothing in it is secret.
type Passkey struct {
	Line                      int
	ID, Name, Credential, Key Given[string] // the last two in base64
	Site, Count, AAGUID       Given[string]
	Transports                Given[[]string]
	Eligible, BackedUp        Given[bool]
	Created                   Given[time.Time]
}

var passkeyTable = fields[Passkey]{
	textField("id", func(k *Passkey) *Given[string] { return &k.ID }),
	textField("name", func(k *Passkey) *Given[string] { return &k.Name }),
	textField("credential", func(k *Passkey) *Given[string] { return &k.Credential }),
	textField("publicKey", func(k *Passkey) *Given[string] { return &k.Key }),
	textField("site", func(k *Passkey) *Given[string] { return &k.Site }),
	textField("count", func(k *Passkey) *Given[string] { return &k.Count }),
	flagField("eligible", func(k *Passkey) *Given[bool] { return &k.Eligible }),
	flagField("backedUp", func(k *Passkey) *Given[bool] { return &k.BackedUp }),
	textsField("transports", func(k *Passkey) *Given[[]string] { return &k.Transports }),
	textField("aaguid", func(k *Passkey) *Given[string] { return &k.AAGUID }),
	timeField("created", func(k *Passkey) *Given[time.Time] { return &k.Created }),
}

func readPasskey(p *problems, v value) (Passkey, bool) {
	k, ok := passkeyTable.read(p, v, "a passkey")
	k.Line = v.line
	if ok && (!k.Credential.Set || !k.Key.Set || !k.Site.Set) {
		p.add(v.line, "a passkey needs credential, publicKey and site, as export writes them")
		return k, false
	}
	return k, ok
}

func describePasskeys(to *Given[[]Passkey], all []hub.Passkey) {
	var list []Passkey
	for _, one := range all {
		var k Passkey
		give(&k.ID, one.ID)
		give(&k.Name, one.Name)
		give(&k.Credential, base64.StdEncoding.EncodeToString(one.Credential))
		give(&k.Key, base64.StdEncoding.EncodeToString(one.PublicKey))
		give(&k.Site, one.Site)
		if one.Count > 0 {
			give(&k.Count, strconv.FormatUint(uint64(one.Count), 10))
		}
		give(&k.Eligible, one.Eligible)
		give(&k.BackedUp, one.BackedUp)
		giveList(&k.Transports, one.Transports)
		give(&k.AAGUID, one.AAGUID)
		giveTime(&k.Created, one.CreatedAt)
		list = append(list, k)
	}
	giveList(to, list)
}

// wantPasskeys merges the given passkeys with those there, as it is done with application passwords. The keys of one never
// change, and its count of signatures goes on here.
func (p *planner) wantPasskeys(m match[User, userState], now *userState) {
	if !m.d.Passkeys.Set {
		return
	}
	wanted := slices.Clone(now.passkeys)
	kept := map[string]bool{}
	for i := range m.d.Passkeys.Value {
		d := &m.d.Passkeys.Value[i]
		one, ok := p.passkey(d, m.id)
		if !ok {
			continue
		}
		at := slices.IndexFunc(wanted, func(other hub.Passkey) bool { return bytes.Equal(other.Credential, one.Credential) })
		if at < 0 {
			at, wanted = len(wanted), append(wanted, one)
		}
		if kept[wanted[at].ID] {
			p.add(d.Line, "this passkey is declared twice")
			continue
		}
		kept[wanted[at].ID] = true
		take(&wanted[at].Name, d.Name)
		if reason := hub.CheckName(wanted[at].Name); reason != "" {
			p.add(d.Line, "a passkey: name %s", reason)
		}
	}
	now.passkeys = wanted
	if p.prune {
		now.passkeys = slices.DeleteFunc(wanted, func(one hub.Passkey) bool { return !kept[one.ID] })
	}
	inOrder(now.passkeys, func(one *hub.Passkey) string { return byAge(one.CreatedAt, one.ID) })
}

func (p *planner) passkey(d *Passkey, userID string) (hub.Passkey, bool) {
	one := hub.Passkey{ID: d.ID.Value, UserID: userID, Site: d.Site.Value, Eligible: d.Eligible.Value, BackedUp: d.BackedUp.Value,
		Transports: d.Transports.Value, AAGUID: d.AAGUID.Value, Name: d.Name.Value, CreatedAt: p.now}
	if one.ID == "" {
		one.ID = hub.NewID()
	}
	take(&one.CreatedAt, d.Created)
	var err, keyErr, countErr error
	one.Credential, err = base64.StdEncoding.DecodeString(d.Credential.Value)
	one.PublicKey, keyErr = base64.StdEncoding.DecodeString(d.Key.Value)
	if d.Count.Set {
		var count uint64
		count, countErr = strconv.ParseUint(d.Count.Value, 10, 32)
		one.Count = uint32(count)
	}
	if err != nil || keyErr != nil || countErr != nil || len(one.Credential) == 0 || len(one.PublicKey) == 0 {
		p.add(d.Line, "a passkey needs credential and publicKey in base64, and a whole number as count, as export writes them")
		return one, false
	}
	return one, true
}

func (w *applying) passkeys(ctx context.Context, old, after userState) error {
	const what = "passkey"
	return differ(old.passkeys, after.passkeys, func(a, b hub.Passkey) bool { return a.ID == b.ID },
		func(one hub.Passkey) error {
			if err := w.tx.DeletePasskey(ctx, one); err != nil {
				return err
			}
			return w.told(ctx, what, Delete, "", one.ID, one.Name)
		},
		func(one hub.Passkey) error {
			if err := w.tx.InsertPasskey(ctx, one); err != nil {
				return err
			}
			return w.told(ctx, what, Create, "", one.ID, one.Name)
		},
		func(before, one hub.Passkey) error {
			if before.Name == one.Name {
				return nil
			}
			return w.tx.RenamePasskey(ctx, one.ID, one.Name)
		})
}
