package secret

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// MaxPassword is the most bytes a password may have; it is checked before hashing, since hashing is what it protects.
const MaxPassword = 1024

// argon2id parameters: 19 MiB, two passes, one lane (OWASP password storage, first choice for argon2id).
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonSalt   = 16
	argonKey    = 32
)

// Bounds for hashes brought along: beyond them one sign-in would be a denial of service.
const (
	maxArgonMemory = 256 * 1024 // KiB
	maxArgonTime   = 16
	maxArgonLanes  = 16
)

// HashPassword hashes a password with argon2id to a PHC string. It takes about 25 ms and 19 MiB: callers hold a place at
// the hash gate.
func HashPassword(password string) string {
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	return formatPHC(salt, argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, argonKey))
}

// NobodysHash is a hash that no password has and that takes as long to check as any: for accounts that do not exist. It
// costs nothing to make.
func NobodysHash() string {
	random := make([]byte, argonSalt+argonKey)
	rand.Read(random)
	return formatPHC(random[:argonSalt], random[argonSalt:])
}

func formatPHC(salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// CheckPassword reports whether password is the one that was hashed, and whether the hash should be made anew with
// today's parameters. A hash that cannot be read matches nothing.
func CheckPassword(hash, password string) (match, stale bool) {
	p, err := parsePHC(hash)
	if err != nil || len(password) > MaxPassword {
		return false, false
	}
	key := argon2.IDKey([]byte(password), p.salt, p.time, p.memory, p.lanes, uint32(len(p.key)))
	stale = p.memory != argonMemory || p.time != argonTime || p.lanes != argonLanes || len(p.key) != argonKey
	return Equal(key, p.key), stale
}

// CheckPasswordHash says what is wrong with a hash that is brought along; nil means CheckPassword can use it.
func CheckPasswordHash(hash string) error {
	_, err := parsePHC(hash)
	return err
}

type phc struct {
	memory, time uint32
	lanes        uint8
	salt, key    []byte
}

func parsePHC(hash string) (phc, error) {
	bad := func(what string) (phc, error) {
		return phc{}, fmt.Errorf("not a usable password hash (%s): expected a PHC string like $argon2id$v=19$m=19456,t=2,p=1$SALT$KEY", what)
	}
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return bad("not argon2id in PHC form")
	}
	var version int
	if n, err := fmt.Sscanf(parts[2], "v=%d", &version); n != 1 || err != nil || version != argon2.Version {
		return bad("another version of argon2")
	}
	var p phc
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.lanes); n != 3 || err != nil {
		return bad("its parameters")
	}
	if p.memory < 8 || p.memory > maxArgonMemory || p.time < 1 || p.time > maxArgonTime || p.lanes < 1 || p.lanes > maxArgonLanes {
		return bad("parameters out of bounds")
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(p.salt) < 8 || len(p.salt) > 64 {
		return bad("its salt")
	}
	if p.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(p.key) < 16 || len(p.key) > 64 {
		return bad("its key")
	}
	return p, nil
}
