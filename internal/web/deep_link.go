package web

import "net/url"

// Links into the systems of old, as people have them in their bookmarks and as documents name them, lead to the page that has
// taken the place. Below /hub they are found too, as everything is.

// userTabs are the tabs of a user's page there.
var userTabs = map[string]string{"account-security": "/security", "authentication": "/security", "groups": "/groups"}

// oldOwn leads from users/me?tab=... to one's own pages.
func (p *Pages) oldOwn(v *visitor) error {
	to := profilePath
	if userTabs[v.query.Get("tab")] == "/security" {
		to = securityPath
	}
	see(v.out, p.Issuer+to)
	return nil
}

// oldUser leads from users/{id}?tab=... to that user's page.
func (p *Pages) oldUser(v *visitor) error {
	see(v.out, p.Issuer+"/admin/users/"+url.PathEscape(v.PathValue("id"))+userTabs[v.query.Get("tab")])
	return nil
}

// oldPlace gives the page that took the place of a list or of home.
func (p *Pages) oldPlace(to string) func(*visitor) error {
	return func(v *visitor) error {
		see(v.out, p.Issuer+to)
		return nil
	}
}

// oldService leads from services/{id} to the service's page.
func (p *Pages) oldService(v *visitor) error {
	see(v.out, p.Issuer+"/admin/services/"+url.PathEscape(v.PathValue("id")))
	return nil
}
