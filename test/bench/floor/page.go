package main

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ncruces/go-sqlite3/driver"
)

// The least a program can do that shows a page out of a database: one indexed query for so many rows, html/template, and what a
// browser gets of it compressed. A row has as many cells as it takes for the page to be as long as the one it is held against. Where
// that one tells several rows in one, more are read than shown.

// selectPage finds as many users as a page has rows, from a name on.
const selectPage = `SELECT id, login, name, email, kind, banned, created_at FROM users WHERE name_folded >= $1 ORDER BY name_folded, id LIMIT $2`

// pageRow is a user on a page.
type pageRow struct {
	ID, Login, Name, Email, Kind string
	Banned                       bool
	Created                      time.Time
}

// shownPage is a page: the frame that a console has around everything, and rows.
type shownPage struct {
	Title string
	Nav   []string
	Rows  []pageRow
	Cells []struct{} // of each row, beside the first three
}

// How many bytes of HTML a page has about: without rows, for each row, for each further cell.
const (
	frameBytes = 900
	rowBytes   = 330
	cellBytes  = 110
)

const pageText = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Title}}</title><link rel="stylesheet" href="/static/floor.css"></head>
<body><nav><ul>{{range .Nav}}<li><a href="/{{.}}">{{.}}</a></li>{{end}}</ul></nav>
<main><h1>{{.Title}}</h1><table><thead><tr><th>User</th><th>Status</th><th>Since</th></tr></thead><tbody>
{{range .Rows}}<tr><td><a href="/users/{{.ID}}">{{.Name}}</a> <span class="sub">{{or .Email .Login}}</span>{{if eq .Kind "bot"}} <span class="badge">Bot</span>{{end}}</td>
<td>{{if .Banned}}<span class="dot dot--danger">Banned</span>{{else}}<span class="dot dot--ok">Active</span>{{end}}</td>
<td><time datetime="{{.Created.Format "2006-01-02T15:04:05Z07:00"}}">{{.Created.Format "2 Jan 2006"}}</time></td>{{$row := .}}{{range $.Cells}}
<td role="cell" data-label="Address for mail"><span class="sub small muted">{{$row.Email}}</span></td>{{end}}</tr>
{{end}}</tbody></table></main></body></html>
`

// pager shows pages out of a database that something else has filled.
type pager struct {
	query *sql.Stmt
	page  *template.Template
	zips  sync.Pool // of *gzip.Writer
}

// newPager opens sqlite:FILE or postgres://.
func newPager(dsn string) (*pager, error) {
	var db *sql.DB
	var err error
	if file, isFile := strings.CutPrefix(dsn, "sqlite:"); isFile {
		db, err = driver.Open("file:"+file+"?mode=ro&_pragma=busy_timeout(5000)", nil)
	} else {
		db, err = sql.Open("pgx", dsn)
	}
	if err != nil {
		return nil, err
	}
	p := &pager{}
	if p.page, err = template.New("page").Parse(pageText); err != nil {
		return nil, err
	}
	p.query, err = db.Prepare(selectPage)
	return p, err
}

// show answers with as many rows as the request wants, out of as many that it reads, and in about as many bytes.
func (p *pager) show(w http.ResponseWriter, r *http.Request) {
	rows, err1 := strconv.Atoi(r.FormValue("rows"))
	read, err2 := strconv.Atoi(r.FormValue("read"))
	size, err3 := strconv.Atoi(r.FormValue("bytes"))
	err := errors.Join(err1, err2, err3)
	if err == nil {
		err = p.write(w, r, rows, read, size)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (p *pager) write(w http.ResponseWriter, r *http.Request, rows, read, size int) error {
	shown := shownPage{Title: "Users", Nav: []string{
		"home", "profile", "security", "activity", "api-access",
		"dashboard", "audit", "users", "groups", "roles", "services", "system",
	}}
	found, err := p.query.QueryContext(r.Context(), r.FormValue("from"), read)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var row pageRow
		var created int64
		if err := found.Scan(&row.ID, &row.Login, &row.Name, &row.Email, &row.Kind, &row.Banned, &created); err != nil {
			return err
		}
		row.Created = time.UnixMilli(created).UTC()
		if len(shown.Rows) < rows {
			shown.Rows = append(shown.Rows, row)
		}
	}
	if err := found.Err(); err != nil {
		return err
	}
	if missing := size - frameBytes - rows*rowBytes; missing > 0 && rows > 0 {
		shown.Cells = make([]struct{}, missing/rows/cellBytes)
	}
	var drawn bytes.Buffer
	if err := p.page.Execute(&drawn, shown); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		_, err = drawn.WriteTo(w)
		return err
	}
	w.Header().Set("Content-Encoding", "gzip")
	zip, pooled := p.zips.Get().(*gzip.Writer)
	if !pooled {
		zip, _ = gzip.NewWriterLevel(w, gzip.BestSpeed)
	}
	zip.Reset(w)
	defer p.zips.Put(zip)
	if _, err := drawn.WriteTo(zip); err != nil {
		return err
	}
	return zip.Close()
}
