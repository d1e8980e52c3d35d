package hub

// Environment is an issuer of its own: its own signing keys, services, credentials, grants and tokens. People, groups
// and roles are shared between environments.
type Environment string

// The two environments.
const (
	Production Environment = "production"
	Test       Environment = "test"
)

// Environments lists both, production first.
func Environments() []Environment { return []Environment{Production, Test} }

// Valid reports whether e is one of the two.
func (e Environment) Valid() bool { return e == Production || e == Test }
