package store

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
)

const serviceColumns = `s.environment, s.id, s.key, s.name, COALESCE(s.organisation, ''), s.trusted, s.public, s.disabled, s.settings, s.created_at, s.updated_at`

var (
	selectService       = prepared(`SELECT ` + serviceColumns + ` FROM services s WHERE s.environment = $1 AND s.id = $2`)
	selectServiceByName = prepared(`SELECT ` + serviceColumns +
		` FROM service_names n JOIN services s ON s.environment = n.environment AND s.id = n.service_id
		WHERE n.environment = $1 AND n.name = $2`)
	selectServices = prepared(`SELECT ` + serviceColumns +
		` FROM services s WHERE s.environment = $1 AND s.name_folded > $2 ORDER BY s.name_folded LIMIT $3`)
	insertService = prepared(`INSERT INTO services (environment, id, key, name, name_folded, organisation, trusted, public, disabled, settings, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`)
	updateService = prepared(`UPDATE services SET key = $1, name = $2, name_folded = $3, organisation = $4, trusted = $5, public = $6, disabled = $7, settings = $8,
		updated_at = $9 WHERE environment = $10 AND id = $11`)
	deleteService        = prepared(`DELETE FROM services WHERE environment = $1 AND id = $2`)
	insertServiceName    = prepared(`INSERT INTO service_names (environment, name, service_id) VALUES ($1, $2, $3)`)
	deleteServiceNames   = prepared(`DELETE FROM service_names WHERE environment = $1 AND service_id = $2`)
	insertServiceOrigin  = prepared(`INSERT INTO service_origins (environment, origin, service_id) VALUES ($1, $2, $3)`)
	deleteServiceOrigins = prepared(`DELETE FROM service_origins WHERE environment = $1 AND service_id = $2`)
	selectOrigin         = prepared(`SELECT count(*) > 0 FROM (SELECT 1 FROM service_origins WHERE environment = $1 AND origin = $2 LIMIT 1) AS found`)
)

func scanService(row scanner, s *hub.Service) error { return row.Scan(serviceFields(s)...) }

func serviceFields(s *hub.Service) []any {
	return []any{&s.Environment, &s.ID, &s.Key, &s.Name, &s.Organisation, &s.Trusted, &s.Public, &s.Disabled, document{&s.ServiceSettings},
		moment{&s.CreatedAt}, moment{&s.UpdatedAt}}
}

// Service gives a service by id.
func (r *Reader) Service(ctx context.Context, environment hub.Environment, id string) (hub.Service, error) {
	return one(ctx, r, selectService, scanService, environment, id)
}

// ServiceByName gives a service by id, key or name, in any letter case.
func (r *Reader) ServiceByName(ctx context.Context, environment hub.Environment, name string) (hub.Service, error) {
	return one(ctx, r, selectServiceByName, scanService, environment, hub.Fold(name))
}

// ServiceIDs gives the ids of services under their folded ids, keys and names, as far as there are services by those names.
func (r *Reader) ServiceIDs(ctx context.Context, environment hub.Environment, names []string) (map[string]string, error) {
	b, places := &builder{}, make([]string, len(names))
	text := `SELECT n.name, n.service_id FROM service_names n WHERE n.environment = ` + b.arg(environment) + ` AND n.name IN (`
	for i, name := range names {
		places[i] = b.arg(name)
	}
	ids := map[string]string{}
	err := r.each(ctx, b.steady(text+strings.Join(places, ", ")+")"), b.args, func() { clear(ids) }, func(row scanner) error {
		var name, id string
		err := row.Scan(&name, &id)
		ids[name] = id
		return err
	})
	return ids, err
}

// ServicesByName gives the services with these ids, keys or names, as far as there are any; one that is meant twice comes twice.
func (r *Reader) ServicesByName(ctx context.Context, environment hub.Environment, names []string) ([]hub.Service, error) {
	b, folded := &builder{}, make([]string, len(names))
	for i, name := range names {
		folded[i] = hub.Fold(name)
	}
	text := `SELECT ` + serviceColumns + ` FROM service_names n JOIN services s ON s.environment = n.environment AND s.id = n.service_id
		WHERE n.environment = ` + b.arg(string(environment)) + ` AND n.name IN (` + among(b, folded) + `)`
	return list(ctx, r, b.steady(text), scanService, b.args...)
}

// Services lists the services of an environment by name, from after a name ("": from the first).
func (r *Reader) Services(ctx context.Context, environment hub.Environment, after string, limit int) ([]hub.Service, error) {
	return list(ctx, r, selectServices, scanService, environment, hub.Fold(after), limit)
}

// OriginRegistered reports whether pages of this origin ("https://host:port", as browsers send it) belong to a service.
func (r *Reader) OriginRegistered(ctx context.Context, environment hub.Environment, origin string) (bool, error) {
	return one(ctx, r, selectOrigin, value[bool], environment, origin)
}

// InsertService adds a service. Errors: fault.Conflict if its id, key or name is taken, or its organisation does not exist.
func (tx *Tx) InsertService(ctx context.Context, s hub.Service) error {
	settings, err := asJSON(s.ServiceSettings)
	if err != nil {
		return err
	}
	if err := tx.namesFree(ctx, s); err != nil {
		return err
	}
	_, err = tx.exec(ctx, insertService, s.Environment, s.ID, s.Key, s.Name, hub.Fold(s.Name), orNull(s.Organisation),
		s.Trusted, s.Public, s.Disabled, settings, millis(s.CreatedAt), millis(s.UpdatedAt))
	if err != nil {
		return err
	}
	tx.Changed(ServiceChanged, s.Environment, s.ID)
	tx.tally(talliedServices(s.Environment), 1)
	return errors.Join(tx.insertServiceNames(ctx, s), tx.setTraits(ctx, s))
}

// UpdateService replaces a service but for its environment, id and CreatedAt. Errors: fault.NotFound, fault.Conflict as
// InsertService.
func (tx *Tx) UpdateService(ctx context.Context, s hub.Service) error {
	settings, err := asJSON(s.ServiceSettings)
	if err != nil {
		return err
	}
	if err := tx.namesFree(ctx, s); err != nil {
		return err
	}
	err = tx.execOne(ctx, updateService, s.Key, s.Name, hub.Fold(s.Name), orNull(s.Organisation),
		s.Trusted, s.Public, s.Disabled, settings, millis(s.UpdatedAt), s.Environment, s.ID)
	if err != nil {
		return err
	}
	for _, forget := range []*statement{deleteServiceNames, deleteServiceOrigins} {
		if _, err := tx.exec(ctx, forget, s.Environment, s.ID); err != nil {
			return err
		}
	}
	tx.Changed(ServiceChanged, s.Environment, s.ID)
	return errors.Join(tx.insertServiceNames(ctx, s), tx.setTraits(ctx, s))
}

// names are id, key and name as they are compared.
func names(s hub.Service) []string {
	all := []string{hub.Fold(s.ID), hub.Fold(s.Key), hub.Fold(s.Name)}
	slices.Sort(all)
	return slices.Compact(all)
}

// namesFree asks beforehand what would otherwise fail, so that the answer says which name is taken.
func (tx *Tx) namesFree(ctx context.Context, s hub.Service) error {
	for _, name := range names(s) {
		other, err := tx.ServiceByName(ctx, s.Environment, name)
		switch {
		case fault.Is(err, fault.NotFound):
		case err != nil:
			return err
		case other.ID != s.ID:
			return &fault.Error{
				Kind: fault.Conflict, Code: "service_names_environment_name",
				Message: "there is already a service with the name, key or id " + name,
			}
		}
	}
	return nil
}

func (tx *Tx) insertServiceNames(ctx context.Context, s hub.Service) error {
	for _, name := range names(s) {
		if _, err := tx.exec(ctx, insertServiceName, s.Environment, name, s.ID); err != nil {
			return err
		}
	}
	for _, origin := range origins(s) {
		if _, err := tx.exec(ctx, insertServiceOrigin, s.Environment, origin, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// origins are where the pages of a service come from, in the form of RFC 6454 section 6.2: lower case, no default port.
func origins(s hub.Service) []string {
	var all []string
	for _, address := range slices.Concat([]string{s.HomeURL}, s.BaseURLs, s.RedirectURIs) {
		if parsed, err := url.Parse(address); err == nil && parsed.Host != "" && (parsed.Scheme == "https" || parsed.Scheme == "http") {
			host := strings.ToLower(parsed.Host)
			host = strings.TrimSuffix(host, map[string]string{"https": ":443", "http": ":80"}[parsed.Scheme])
			all = append(all, parsed.Scheme+"://"+host)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// DeleteService deletes a service with its names, secrets and grants.
func (tx *Tx) DeleteService(ctx context.Context, environment hub.Environment, id string) error {
	if _, err := tx.exec(ctx, deleteSecretsOf, environment, id); err != nil {
		return err
	}
	if rows, err := tx.exec(ctx, deleteServiceGrants, id, environment); err != nil {
		return err
	} else if rows > 0 {
		tx.Changed(GrantChanged, environment, id)
	}
	tx.Changed(ServiceChanged, environment, id)
	tx.tally(talliedServices(environment), -1)
	return tx.execOne(ctx, deleteService, environment, id)
}
