package declare

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"strings"

	"example.org/hub/internal/hub"
	"example.org/hub/internal/secret"
)

// clear gives the text of a credential that is given by itself or by an environment variable; ok is false if it is given
// otherwise, or could not be read, which has been told.
func (p *planner) clear(c Credential) (text string, ok bool) {
	if c.Value.Set {
		return c.Value.Value, true
	}
	if !c.Env.Set {
		return "", false
	}
	text, found := p.getenv(c.Env.Value)
	if !found || text == "" {
		if p.missing[c.Env.Value] {
			return "", false
		}
		p.missing[c.Env.Value] = true
		p.add(c.line, "the environment variable %s is not set: it has to hold the secret", c.Env.Value)
		return "", false
	}
	return text, true
}

// digest gives the digest of a secret however it is given, and its last characters for display. kind and environment are
// what the secret has to be if it looks like one of ours.
func (p *planner) digest(c Credential, kind secret.Kind, environment hub.Environment) (digest []byte, hint string, ok bool) {
	if c.Hash.Set {
		digest, err := p.master.ParseHash(c.Hash.Value)
		if err != nil {
			p.add(c.line, "%v", err)
			return nil, "", false
		}
		return digest, c.Hint.Value, true
	}
	text, ok := p.clear(c)
	if !ok {
		return nil, "", false
	}
	if reason := hub.CheckSecret(text); reason != "" && kind != "" {
		p.add(c.line, "a secret %s", reason)
		return nil, "", false
	}
	if reason := misformed(text, kind, environment); reason != "" {
		p.add(c.line, "%s", reason)
		return nil, "", false
	}
	return p.master.Digest(text), secret.Value(text).Hint(), true
}

// misformed says what is wrong with a secret that bears a prefix of ours: it would be refused by its looks.
func misformed(text string, kind secret.Kind, environment hub.Environment) string {
	form, is, test := secret.Recognise(text)
	switch {
	case kind == "" || form == secret.Foreign:
		return ""
	case form == secret.Malformed:
		return fmt.Sprintf("a secret that begins with %s_ must be one that a hub made: this one is altered or cut; give it another beginning", is)
	case is != kind:
		return fmt.Sprintf("this secret begins with %s_, but here belongs one that begins with %s_, or has a beginning of its own", is, kind)
	case environment != "" && test != (environment == hub.Test):
		return fmt.Sprintf("this secret is of the other environment by its beginning; here belongs one for %s", environment)
	}
	return ""
}

// unseal gives what a {sealed: ...} holds; it must have been sealed with this master key for this purpose.
func (p *planner) unseal(c Credential, purpose string) (box, content []byte, ok bool) {
	box, err := base64.StdEncoding.DecodeString(c.Sealed.Value)
	if err == nil {
		content, err = p.master.Open(purpose, box)
	}
	if err != nil {
		p.add(c.line, "cannot be opened: it was sealed with another master key or for another id, or was altered; bring the master key along, or give the value")
		return nil, nil, false
	}
	return box, content, true
}

// sealedSecret gives the box of a secret that has to be readable again, keeping the one there if it holds the same.
func (p *planner) sealedSecret(c Credential, purpose string, there []byte, decode func(string) ([]byte, bool)) (box, content []byte, ok bool) {
	if c.Sealed.Set {
		return p.unseal(c, purpose)
	}
	text, ok := p.clear(c)
	if !ok {
		return nil, nil, false
	}
	if content, ok = decode(text); !ok {
		return nil, nil, false
	}
	if len(there) > 0 {
		if held, err := p.master.Open(purpose, there); err == nil && bytes.Equal(held, content) {
			return there, content, true
		}
	}
	return p.memory.seal(p.master, purpose, string(content)), content, true
}

// seed reads the seed of a second factor, base32 as authenticator apps show it.
func (p *planner) seed(line int) func(string) ([]byte, bool) {
	return func(text string) ([]byte, bool) {
		plain := strings.TrimRight(strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(text)), "=")
		seed, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(plain)
		if err != nil || len(seed) < 10 || len(seed) > 128 {
			p.add(line, "totp must be the seed in base32, at least 16 characters (A-Z, 2-7)")
			return nil, false
		}
		return seed, true
	}
}

// secrets gives the secrets that are wanted for a service or API client: given ones that are there already stay.
func (p *planner) secrets(given Given[[]Credential], there []hub.Secret, owner string, environment hub.Environment) []hub.Secret {
	if !given.Set {
		return there
	}
	if len(given.Value) > 2 {
		p.add(given.Line, "there can be two secrets at a time, so that one can be changed without a gap; %d are given", len(given.Value))
		return there
	}
	var wanted []hub.Secret
	for _, c := range given.Value {
		digest, hint, ok := p.digest(c, secret.ClientSecret, environment)
		if !ok {
			continue
		}
		of := func(one hub.Secret) []byte { return one.Digest }
		if sameDigest(wanted, of, digest) >= 0 {
			p.add(c.line, "this secret is given twice")
			continue
		}
		one := hub.Secret{Owner: owner, Environment: environment, Digest: digest, Hint: hint, CreatedAt: p.now}
		if i := sameDigest(there, of, digest); i >= 0 {
			one = there[i]
		} else {
			one.ID = hub.NewID()
		}
		take(&one.ExpiresAt, c.Expires)
		take(&one.Suspended, c.Suspended)
		if !ended(one.ExpiresAt, p.now) {
			wanted = append(wanted, one)
		}
	}
	inOrder(wanted, func(one *hub.Secret) string { return byAge(one.CreatedAt, one.ID) })
	return wanted
}
