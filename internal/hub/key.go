package hub

import "time"

// KeyUse says what a signing key signs.
type KeyUse string

// The uses: access tokens (ES256), and ID tokens by their algorithm.
const (
	UseAccess       KeyUse = "access"
	UseIDTokenRS256 KeyUse = "id-rs256"
	UseIDTokenES256 KeyUse = "id-es256"
	UseIDTokenEdDSA KeyUse = "id-eddsa"
)

// SigningKey is a key pair of one environment and use. It is published from CreatedAt, signs from ActiveAt until a later
// key of the same use becomes active, and leaves the published set at RemoveAt. The one that signs is always the key
// with the latest ActiveAt that is not in the future, so exactly one is active at any time on any number of nodes.
type SigningKey struct {
	ID          string // kid, RFC 7638 thumbprint
	Environment Environment
	Use         KeyUse
	Algorithm   string
	Sealed      []byte // PKCS #8, sealed under the master key
	Public      []byte // JWK, JSON
	CreatedAt   time.Time
	ActiveAt    time.Time
	RemoveAt    time.Time // zero: not yet known, no successor
}
