package declare

import (
	"bufio"
	"context"
	"io"

	"example.org/hub/internal/store"
)

// ExportIn is Export of what a transaction sees.
func ExportIn(ctx context.Context, r store.Reader, to io.Writer) error {
	current, err := loadAll(ctx, r)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(to)
	current.write(out)
	return out.Flush()
}

// Keys gives every key of every noun, for the test that holds the document for people against the tables.
func Keys() []string {
	var all []string
	all = append(all, keysOf(settingsTable)...)
	all = append(all, keysOf(defaultsTable)...)
	all = append(all, keysOf(roleTable)...)
	all = append(all, keysOf(organisationTable)...)
	all = append(all, keysOf(retiredKeyTable)...)
	all = append(all, keysOf(grantTable)...)
	all = append(all, keysOf(groupTable)...)
	all = append(all, keysOf(userTable)...)
	all = append(all, keysOf(memberTable)...)
	all = append(all, keysOf(passkeyTable)...)
	all = append(all, keysOf(registrationTable)...)
	all = append(all, keysOf(applicationPasswordTable)...)
	all = append(all, keysOf(permanentTokenTable)...)
	all = append(all, keysOf(authorTable)...)
	all = append(all, keysOf(serviceTable)...)
	all = append(all, keysOf(permissionTable)...)
	all = append(all, keysOf(credentialTable)...)
	all = append(all, keysOf(apiClientTable)...)
	all = append(all, keysOf(appTable)...)
	all = append(all, keysOf(allowedTable)...)
	return all
}

func keysOf[T any](table fields[T]) []string {
	keys := make([]string, len(table))
	for i, f := range table {
		keys[i] = f.key
	}
	return keys
}
