package web

// mountOffice hands on the pages of the back office, and those that explain how programs talk to Hub.
func (p *Pages) mountOffice(page func(pattern string, answer func(*visitor) error)) {
	page("GET "+referencePath, p.reference)
	page("GET "+flowPath, p.flow)
	p.mountAskAccess(page)
	page("GET "+dashboardPath, p.dashboard)
	page("GET "+systemPath, p.system)
	page("POST "+systemPath, p.systemPosted)
	page("GET "+systemPath+"/rotate", p.rotate)
	page("POST "+systemPath+"/rotate", p.rotatePosted)
	page("GET "+auditPath, p.audit)
	page("GET "+auditPath+".csv", p.auditCSV)
	page("GET "+auditPath+"/export", p.auditBack)
	page("POST "+auditPath+"/export", p.auditExport)
	page("GET "+hygienePath, p.hygiene)
}
