package store

import (
	"context"
	"slices"

	"example.org/hub/internal/hub"
)

// A service is kept with its settings as one document. What lists search by stands beside it as traits: a key and a value.

// The keys of traits.
const (
	traitKey         = "key"
	traitApplication = "applicationname"
	traitVendor      = "vendor"
	traitVersion     = "version"
	traitHome        = "homeurl"
	traitBase        = "baseurl"
	traitRedirect    = "redirecturi"
	traitFlow        = "flow"
	traitHas         = "has"    // a setting that is not empty
	traitViewer      = "viewer" // id of a group; the group of all users where everyone may see it
)

// longestTrait is the most characters of a value; what is searched for is cut alike.
const longestTrait = 500

var (
	insertTrait = prepared(`INSERT INTO service_traits (environment, key, value, service_id) VALUES ($1, $2, $3, $4)
		ON CONFLICT (environment, key, value, service_id) DO NOTHING`)
	deleteTraits = prepared(`DELETE FROM service_traits WHERE environment = $1 AND service_id = $2`)
)

type trait struct{ key, value string }

// traitsOf gives the traits of a service.
func traitsOf(s hub.Service) []trait {
	var all []trait
	for _, values := range []struct {
		key, has string
		of       []string
	}{
		{traitKey, "key", []string{s.Key}},
		{traitApplication, "applicationname", []string{s.ApplicationName}},
		{traitVendor, "vendor", []string{s.Vendor}},
		{traitVersion, "version", []string{s.Version}},
		{traitHome, "homeurl", []string{s.HomeURL}},
		{traitBase, "baseurl", s.BaseURLs},
		{traitRedirect, "redirecturi", s.RedirectURIs},
		{traitFlow, "", flowKeys(s)},
		{"", "releasedate", []string{s.ReleaseDate}},
		{"", "description", []string{s.Description}},
		{"", "iconurl", []string{s.IconURL}},
		{"", "permission", permissionKeys(s)},
		{"", "viewer", s.Viewers},
		{"", "organisation", []string{s.Organisation}},
	} {
		filled := slices.DeleteFunc(slices.Clone(values.of), func(value string) bool { return value == "" })
		if len(filled) > 0 && values.has != "" {
			all = append(all, trait{traitHas, values.has})
		}
		for _, value := range filled {
			if values.key != "" {
				all = append(all, trait{values.key, foldTrait(value)})
			}
		}
	}
	viewers := s.Viewers
	if len(viewers) == 0 {
		viewers = []string{hub.AllUsersGroupID}
	}
	for _, group := range viewers {
		all = append(all, trait{traitViewer, group})
	}
	return all
}

func permissionKeys(s hub.Service) []string {
	keys := make([]string, len(s.Permissions))
	for i, permission := range s.Permissions {
		keys[i] = permission.Key
	}
	return keys
}

func flowKeys(s hub.Service) []string {
	keys := make([]string, len(s.Flows))
	for i, flow := range s.Flows {
		keys[i] = string(flow)
	}
	return keys
}

func foldTrait(value string) string {
	folded := []rune(hub.Fold(value))
	return string(folded[:min(len(folded), longestTrait)])
}

// setTraits makes a service findable as it is now.
func (tx *Tx) setTraits(ctx context.Context, s hub.Service) error {
	if _, err := tx.exec(ctx, deleteTraits, s.Environment, s.ID); err != nil {
		return err
	}
	return insertTraits(ctx, tx.in, s)
}

func insertTraits(ctx context.Context, in session, s hub.Service) error {
	for _, t := range traitsOf(s) {
		if _, err := in.exec(ctx, insertTrait, []any{string(s.Environment), t.key, t.value, s.ID}); err != nil {
			return err
		}
	}
	return nil
}
