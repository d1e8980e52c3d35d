package store

import (
	"context"

	"example.org/hub/internal/hub"
)

// fillings are the parts of migrations, by their names, that SQL cannot do alike on both databases: folding names, and taking words
// and traits apart.
func fillings() map[string]func(context.Context, session) error {
	return map[string]func(context.Context, session) error{"0011_lists": fillLists, "0018_uses": fillTraits}
}

var (
	selectUnfilledUsers         = prepared(`SELECT ` + userColumns + ` FROM users u WHERE u.id > $1 ORDER BY u.id LIMIT $2`)
	selectUnfilledOrganisations = prepared(`SELECT ` + organisationColumns + ` FROM organisations`)
	selectUnfilledServices      = prepared(`SELECT ` + serviceColumns + ` FROM services s`)
	fillUser                    = prepared(`UPDATE users SET name_folded = $1, email_folded = $2 WHERE id = $3`)
	fillOrganisation            = prepared(`UPDATE organisations SET name_folded = $1 WHERE id = $2`)
	fillRole                    = prepared(`UPDATE roles SET name_folded = $1 WHERE id = $2`)
)

func fillLists(ctx context.Context, in session) error {
	for _, fill := range []func(context.Context, session) error{fillUsers, fillOrganisations, fillRoles, fillTraits} {
		if err := fill(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

// filledAtOnce is how many users are held in memory, of whom there may be a million.
const filledAtOnce = 1000

func fillUsers(ctx context.Context, in session) error {
	for after := ""; ; {
		users, err := list(ctx, &Reader{from: held{in}}, selectUnfilledUsers, scanUser, after, filledAtOnce)
		if err != nil {
			return err
		}
		for _, u := range users {
			if _, err := in.exec(ctx, fillUser, []any{hub.Fold(u.Name), hub.Fold(u.Email), u.ID}); err != nil {
				return err
			}
			if err := insertWords(ctx, in, u); err != nil {
				return err
			}
			after = u.ID
		}
		if len(users) < filledAtOnce {
			return nil
		}
	}
}

func fillOrganisations(ctx context.Context, in session) error {
	organisations, err := list(ctx, &Reader{from: held{in}}, selectUnfilledOrganisations, scanOrganisation)
	if err != nil {
		return err
	}
	for _, o := range organisations {
		if _, err := in.exec(ctx, fillOrganisation, []any{hub.Fold(o.Name), o.ID}); err != nil {
			return err
		}
	}
	return nil
}

func fillRoles(ctx context.Context, in session) error {
	roles, err := list(ctx, &Reader{from: held{in}}, selectRoles, scanRole)
	if err != nil {
		return err
	}
	for _, role := range roles {
		if _, err := in.exec(ctx, fillRole, []any{hub.Fold(role.Name), role.ID}); err != nil {
			return err
		}
	}
	return nil
}

// fillTraits makes services findable by traits that are new.
func fillTraits(ctx context.Context, in session) error {
	services, err := list(ctx, &Reader{from: held{in}}, selectUnfilledServices, scanService)
	if err != nil {
		return err
	}
	for _, s := range services {
		if err := insertTraits(ctx, in, s); err != nil {
			return err
		}
	}
	return nil
}
