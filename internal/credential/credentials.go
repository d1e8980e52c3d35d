package credential

import (
	"example.org/hub/internal/secret"
	"example.org/hub/internal/store"
)

// Credentials is every credential of a Hub: what its methods say of one kind is in the file of that kind. It is safe for
// concurrent use.
type Credentials struct {
	Store  *store.Store
	Master *secret.Master // hashes what is only checked, seals what can be shown again
}
