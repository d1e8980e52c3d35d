package web

// mountOffice hands on the pages of the back office.
func (p *Pages) mountOffice(page func(pattern string, answer func(*visitor) error)) {
	page("GET "+auditPath, p.audit)
	page("GET "+auditPath+".csv", p.auditCSV)
	page("GET "+auditPath+"/export", p.auditBack)
	page("POST "+auditPath+"/export", p.auditExport)
	page("GET "+hygienePath, p.hygiene)
}
