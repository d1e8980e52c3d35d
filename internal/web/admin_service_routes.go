package web

// servicesPath is where services are administered.
const servicesPath = "/admin/services"

// mountServices hands on the pages below it.
func (p *Pages) mountServices(page func(pattern string, answer func(*visitor) error)) {
	page("GET "+servicesPath, p.services)
	page("GET "+servicesPath+"/new", p.serviceNew)
	page("POST "+servicesPath+"/new", p.serviceNewPosted)
	page("GET "+servicesPath+"/{id}/created", p.serviceCreated)
	page("GET "+servicesPath+"/{id}", p.service)
	page("GET "+servicesPath+"/{id}/edit/{part}", p.service)
	page("POST "+servicesPath+"/{id}/edit/{part}", p.servicePosted)
	p.mountServiceActs(page)
	page("GET "+servicesPath+"/{id}/new-secret", p.serviceNewSecret)
	page("GET "+servicesPath+"/{id}/users", p.serviceUsers)
	page("GET "+servicesPath+"/{id}/tried", p.service)
	page("POST "+servicesPath+"/{id}/tried", p.triedPosted)
}
