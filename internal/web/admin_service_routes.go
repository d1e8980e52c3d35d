package web

// servicesPath is where services are administered.
const servicesPath = "/admin/services"

// mountServices hands on the pages below it.
func (p *Pages) mountServices(page func(pattern string, answer func(*visitor) error)) {
	page("GET "+servicesPath, p.services)
	page("GET "+servicesPath+"/new", p.serviceNew)
	page("POST "+servicesPath+"/new", p.serviceNewPosted)
	page("GET "+servicesPath+"/{id}/created", p.serviceCreated)
}
