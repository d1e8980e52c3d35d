package web

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"html/template"
	"strings"
	"time"

	"example.org/hub/internal/audit"
	"example.org/hub/internal/fault"
	"example.org/hub/internal/hub"
	"example.org/hub/internal/query"
)

const auditPath = "/admin/audit"

// auditPage is the audit log.
type auditPage struct {
	frame
	Search, From, To field
	Fields           []field // that are folded away
	Whats, Results   []option
	Rows             []auditRow
	Filtered, Open   bool // Open: by what is folded away
	CSV, Export      string
	Pager            *pager
}

// auditRow is an event. What stands behind Details are its fields, for who wants to know exactly.
type auditRow struct {
	happened
	Icon, By, Door, ID string
	Program            string // from which somebody signed in; empty: it is not known
	Reason             remark
	Refused            bool
	Time               template.HTML
	Facts              []fact
}

// auditFields are the filters that are typed, as they stand in the URL, and that not everybody needs.
func auditFields() []string { return []string{"author", "target", "action", "door"} }

// auditWhere is what the filters of a URL ask for. The last day belongs to what is asked for.
func auditWhere(v *visitor) (query.Node, error) {
	var all []query.Node
	get := func(name string) string { return strings.TrimSpace(v.query.Get(name)) }
	if q := get("q"); q != "" {
		all = append(all, query.Any(query.Node{Op: query.Text, Value: q}, query.Is("address", q), query.Is("error", q)))
	}
	for _, name := range []string{"author", "target", "door", "result"} {
		if value := get(name); value != "" {
			all = append(all, query.Is(name, value))
		}
	}
	for _, name := range []string{"action", "what"} {
		if value := get(name); name == "what" && value == hub.Refused {
			all = append(all, query.Is("result", value))
		} else if value != "" {
			action, begins := strings.CutSuffix(value, "*")
			all = append(all, query.Node{Op: query.Field, Name: "action", Value: action, Prefix: begins})
		}
	}
	if from := get("from"); from != "" {
		all = append(all, query.Is("after", from))
	}
	if to := get("to"); to != "" {
		day, err := time.Parse(time.DateOnly, to)
		if err != nil {
			return query.Node{}, wrongField("to", v.plain("audit.to.wrong"))
		}
		all = append(all, query.Is("before", day.AddDate(0, 0, 1).Format(time.DateOnly)))
	}
	return query.All(all...), nil
}

func (p *Pages) audit(v *visitor) error {
	if ok, err := p.needs(v, "admin-read"); !ok {
		return err
	}
	page := &auditPage{}
	page.Title, page.Crumbs = v.plain("nav.audit"), []link{{Words: v.say("nav.back-office")}}
	wrong := mistakes{}
	where, err := auditWhere(v)
	found := query.Page[hub.Event]{}
	if err == nil {
		found, err = p.Events.Events(v.Context(), p.actor(v), query.List{
			Where: where, After: v.query.Get("after"), Skip: skipped(v.query), Limit: perPage,
		})
	}
	if err != nil {
		var mends bool
		if wrong, mends = p.mistakes(v, err); !mends {
			return err
		}
	}
	page.filters(v, wrong)
	for _, event := range found.Items {
		page.Rows = append(page.Rows, v.auditRow(event))
	}
	page.CSV, page.Export = p.base+auditPath+".csv"+with(v.query, "after", "", "skip", ""), p.base+auditPath+"/export"
	page.Pager = newWalk(v.query, len(page.Rows), found.Total, found.Next)
	page.Pager.InTime, page.Pager.Remark = true, v.say("audit.kept", "span", v.span(audit.Kept))
	if wrong.Any() {
		return p.draw(v, statusOf(fault.New(fault.Invalid, "")), "admin-audit", page)
	}
	return p.show(v, "admin-audit", page)
}

func (page *auditPage) filters(v *visitor, wrong mistakes) {
	field := func(name, kind, key string) field {
		value := shortened(v.query.Get(name))
		page.Filtered = page.Filtered || value != ""
		mistake := wrong.Of(name)
		if name == "from" && mistake == "" {
			mistake = wrong.Note()
		}
		return newField(name, kind, "off", v.say(key), value, "", mistake, "optional")
	}
	page.Search = field("q", "search", "filters.search")
	for _, name := range auditFields() {
		page.Fields = append(page.Fields, field(name, "text", "audit."+name))
		page.Open = page.Open || v.query.Get(name) != ""
	}
	page.Open = page.Open || v.query.Get("result") != ""
	page.From, page.To = field("from", "date", "audit.from"), field("to", "date", "audit.to")
	for _, one := range []struct{ value, key string }{
		{"", "audit.what.all"}, {hub.Refused, "audit.what.failures"}, {hub.SignedIn, "audit.what.sign-ins"},
		{"permanent-token.*", "audit.what.tokens"}, {"api-client.*", "audit.what.clients"},
		{"service.*", "audit.what.services"}, {"user.*", "audit.what.users"},
		{"signing-key.*", "audit.what.keys"}, {"settings.*", "audit.what.settings"},
	} {
		page.Whats = append(page.Whats, option{one.value, v.say(one.key), v.query.Get("what") == one.value})
	}
	for _, one := range []struct{ value, key string }{
		{"", "audit.result.all"}, {hub.Success, "audit.result.success"}, {hub.Refused, "audit.result.refused"},
	} {
		page.Results = append(page.Results, option{one.value, v.say(one.key), v.query.Get("result") == one.value})
	}
	page.Filtered = page.Filtered || v.query.Get("what") != "" || v.query.Get("result") != ""
}

func (v *visitor) auditRow(event hub.Event) auditRow {
	row := auditRow{
		happened: v.event(event), By: event.AuthorName, Door: event.Door,
		Reason: v.tell(cmp.Or(event.Reason, why(event))).begun(),
		ID:     event.ID, Refused: event.Result == hub.Refused, Time: v.Exactly(event.At),
	}
	if program, known := strings.CutSuffix(row.From, " · "+event.Address); known {
		row.Program, row.From = program, event.Address
	}
	icons := map[string]string{
		"user": "user", "session": "laptop", "service": "plug", "permanent-token": "key", "api-client": "terminal",
		"app": "code", "approved-scope": "scope", "refresh-token": "refresh", "application-password": "pins",
		"group": "groups", "role": "shield", "settings": "sliders", "signing-key": "key",
	}
	if row.Icon = icons[event.TargetType]; row.Icon == "" {
		row.Icon = "info"
	}
	if row.Refused {
		row.Icon = "alert"
	}
	for _, one := range []struct{ key, value string }{
		{"audit.action", event.Action}, {"audit.target", strings.TrimSpace(event.TargetType + " " + event.TargetID)},
		{"audit.author", event.AuthorID}, {"audit.credential", event.Credential}, {"audit.door", event.Door},
		{"audit.reason", event.Reason}, {"audit.error", event.ErrorID},
		{"audit.details", event.Details}, {"audit.time", event.At.UTC().Format(time.RFC3339Nano)},
	} {
		if one.value != "" {
			row.Facts = append(row.Facts, fact{v.say(one.key), "<code class=\"break\">" + text(one.value) + "</code>"})
		}
	}
	return row
}

// why is the reason that the details of an event give, for what was not refused but ended.
func why(event hub.Event) string {
	var details struct{ Why string }
	if strings.Contains(event.Details, `"why"`) && json.Unmarshal([]byte(event.Details), &details) != nil {
		return ""
	}
	return details.Why
}

// mostCSV is how many events a file of the filtered list holds; the whole log is exported with its chain.
const mostCSV = 100_000

// auditCSV gives the filtered list as a file.
func (p *Pages) auditCSV(v *visitor) error {
	if ok, err := p.needs(v, "admin-read"); !ok {
		return err
	}
	where, err := auditWhere(v)
	if err != nil {
		return err
	}
	if err := p.Events.Taken(v.Context(), p.actor(v), shortened(v.URL.RawQuery)); err != nil {
		return err
	}
	asked := query.List{Where: where, Limit: 1000}
	found, err := p.Events.Events(v.Context(), p.actor(v), asked)
	if err != nil {
		return err
	}
	attachment(v, "text/csv; charset=utf-8", "audit.csv")
	out := csv.NewWriter(v.out)
	_ = out.Write([]string{
		"time", "author", "action", "target type", "target", "target name",
		"door", "address", "credential", "result", "reason", "error id",
	})
	for n := 0; ; {
		for _, e := range found.Items {
			_ = out.Write([]string{
				e.At.UTC().Format(time.RFC3339Nano), cell(e.AuthorName), e.Action, e.TargetType,
				cell(e.TargetID), cell(e.TargetName),
				e.Door, e.Address, e.Credential, e.Result, cell(e.Reason), e.ErrorID,
			})
		}
		if n += len(found.Items); found.Next == "" || n >= mostCSV {
			break
		}
		asked.After = found.Next
		if found, err = p.Events.Events(v.Context(), p.actor(v), asked); err != nil {
			p.Log.Error("a list could not be written to its end", "page", v.Pattern, "error", err)
			break
		}
	}
	out.Flush() // an error is a browser that is gone
	return nil
}

// cell keeps a value that strangers may choose from being a formula in a spreadsheet.
func cell(value string) string {
	if value != "" && strings.ContainsRune("=+-@\t\r", rune(value[0])) {
		return "'" + value
	}
	return value
}

// attachment begins a file that the browser keeps.
func attachment(v *visitor, media, name string) {
	header := v.out.Header()
	header.Set("Content-Type", media)
	header.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	header.Set("Cache-Control", "no-store")
}

// auditExport gives the whole log with its chain, as lines that "hub audit verify" checks.
func (p *Pages) auditExport(v *visitor) error {
	if _, err := readForm(v); err != nil {
		return err
	}
	if ok, err := p.needs(v, "admin-read"); !ok {
		return err
	}
	write, err := p.Events.Export(v.Context(), p.actor(v))
	if err != nil {
		return err
	}
	attachment(v, "application/jsonl", "audit.jsonl")
	if err := write(v.out); err != nil {
		p.Log.Error("the audit log could not be written to its end", "error", err)
	}
	return nil
}

// auditBack is where a sign-in leads back to that came between: to the log, where the button is.
func (p *Pages) auditBack(v *visitor) error {
	see(v.out, p.Issuer+auditPath)
	return nil
}
