package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What a page may cost relative to the floor's page of as many rows and bytes, and what it may weigh without its stylesheet and
// scripts.
const (
	pageLimit = 2.0
	pageKilos = 60.0
)

// Of each page so many are asked for in each round, but for no longer than pageTime; the first few are not counted.
const (
	pageTimes = 20
	pageTime  = 10 * time.Second
	pageWarm  = 6
)

// shownPage is one page under measurement.
type shownPage struct {
	name, path string
	who        string // login; empty: nobody is signed in

	rows         int // what repeats on it: rows, entries, choices
	read         int // rows that it takes to tell these: a timeline tells what happened several times running once, and how often
	plain, small int // bytes as they are, and compressed
	hub, floor   runner
}

// pages measures the time to the first byte of each page beside the floor's, with many users and tokens.
func (b *bench) pages(ctx context.Context, found *report) error {
	for _, on := range b.engines() {
		if err := b.pagesOn(ctx, on, found); err != nil {
			return fmt.Errorf("%s: %w", on.name, err)
		}
	}
	return nil
}

func (b *bench) pagesOn(ctx context.Context, on engine, found *report) error {
	running, err := b.office(ctx, on)
	if err != nil {
		return err
	}
	defer running.stop()
	cookies := map[string]string{"": ""}
	for _, who := range []string{person, officer} {
		if cookies[who], err = running.signIn(ctx, who); err != nil {
			return fmt.Errorf("%w\n%s", err, running.log)
		}
	}
	database := "sqlite:" + running.target.filled.folder + "/hub.db"
	if on.dsn != "" {
		database = on.dsn
	}
	floor, err := start(ctx, "floor ready addr=", b.floor, "-client", floorClient.id, "-secret", floorClient.secret, "-pages", database)
	if err != nil {
		return err
	}
	defer floor.stop()
	bare := load{addr: strings.TrimPrefix(floor.ready, "floor ready addr=")}
	all, err := running.everyPage(ctx, cookies)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(page *shownPage) bool { return !b.only.MatchString(page.name) })
	for i, page := range all {
		b.tell(fmt.Sprintf("%s, page %d of %d: %s", on.name, i+1, len(all), page.name))
		page.hub.process, page.floor.process = running.process, floor
		page.hub.ask = browse(running.target.host, page.path, cookies[page.who])
		page.floor.ask = browse(bare.addr, fmt.Sprintf("/page?rows=%d&read=%d&bytes=%d&from=name%03d", page.rows, page.read, page.plain, i*7), "")
		if err := page.race(ctx, running.wire, bare, pageTimes*b.effort.rounds); err != nil {
			return fmt.Errorf("%s: %w", page.name, err)
		}
	}
	b.tell("")
	found.pages(on.name, all)
	return nil
}

// race asks for a page and for the floor's by turns, each on one connection. Of a slow page fewer are asked for.
func (p *shownPage) race(ctx context.Context, hub, floor load, times int) error {
	runners := []*runner{&p.hub, &p.floor}
	for i, of := range []load{hub, floor} {
		opened, err := of.open(ctx)
		if err != nil {
			return err
		}
		defer opened.Close()
		runners[i].line = opened
	}
	began := time.Now()
	for n := 0; n < pageWarm || n < times && time.Since(began) < pageTime; n++ {
		for _, one := range runners {
			if err := one.run(n >= pageWarm/2); err != nil {
				return err
			}
		}
	}
	return nil
}

// runner is one of two who answer by turns.
type runner struct {
	process *process
	line    *line
	ask     []byte

	waits     []time.Duration // until the first byte was there
	processor time.Duration   // of the server, for all of them
}

func (r *runner) run(counts bool) error {
	before, err := r.process.finerTime()
	if err != nil {
		return err
	}
	wait, err := r.line.firstByte(r.ask)
	if err != nil {
		return err
	}
	after, err := r.process.finerTime()
	if counts {
		r.waits = append(r.waits, wait)
		r.processor += after - before
	}
	return err
}

// perPage is the processor time of one page.
func (r *runner) perPage() time.Duration { return r.processor / time.Duration(max(len(r.waits), 1)) }

// firstByte sends a request and gives the time until the first byte of its answer was there.
func (l *line) firstByte(request []byte) (time.Duration, error) {
	began := time.Now()
	if _, err := l.Write(request); err != nil {
		return 0, err
	}
	if _, err := l.answers.Peek(1); err != nil {
		return 0, err
	}
	took := time.Since(began)
	status, body, err := readAnswer(l.answers)
	if err == nil && status != 200 {
		err = fmt.Errorf("%q was answered %d: %s", firstLine(request), status, body)
	}
	return took, err
}

// browse is the request of a browser for a page.
func browse(host, path, cookie string) []byte {
	if cookie != "" {
		cookie = "Cookie: " + cookie + "\r\n"
	}
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"+
		"Accept: text/html\r\nAccept-Language: en\r\nAccept-Encoding: gzip, deflate, br\r\n%s\r\n", path, host, cookie)
}

// signIn gives the cookie of a new session.
func (h *hubServer) signIn(ctx context.Context, who string) (string, error) {
	form := strings.NewReader(url.Values{"username": {who}, "password": {personPassword}}.Encode())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+h.target.host+"/auth/login", form)
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer browser.CloseIdleConnections()
	answer, err := browser.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	for _, cookie := range answer.Cookies() {
		if strings.HasSuffix(cookie.Name, "-session") {
			return cookie.Name + "=" + cookie.Value, nil
		}
	}
	return "", fmt.Errorf("%s could not sign in: %s", who, answer.Status)
}

// repeatedTags are what counts as a row: whatever a page has several of.
var repeatedTags = []string{"<tr", "<li", "<option", "<dt", "<label"}

// everyPage looks at each page once: what it weighs and how many rows it has.
func (h *hubServer) everyPage(ctx context.Context, cookies map[string]string) ([]*shownPage, error) {
	line, err := h.wire.open(ctx)
	if err != nil {
		return nil, err
	}
	defer line.Close()
	repeats := regexp.MustCompile(`, (\d+) times<span`)
	seen := func(page *shownPage) (string, error) {
		small, err := line.ask(browse(h.target.host, page.path, cookies[page.who]))
		if err != nil {
			return "", fmt.Errorf("%s: %w\n%s", page.name, err, h.log)
		}
		text := small
		if bytes.HasPrefix(small, []byte("\x1f\x8b")) {
			unzip, err := gzip.NewReader(bytes.NewReader(small))
			if err != nil {
				return "", err
			}
			if text, err = io.ReadAll(unzip); err != nil {
				return "", err
			}
		}
		page.plain, page.small = len(text), len(small)
		_, main, _ := strings.Cut(string(text), "<main")
		for _, tag := range repeatedTags {
			page.rows += strings.Count(main, tag)
		}
		page.rows = max(page.rows, 1)
		page.read = page.rows
		for _, told := range repeats.FindAllStringSubmatch(main, -1) {
			times, err := strconv.Atoi(told[1])
			if err != nil {
				return "", err
			}
			page.read += times - 1
		}
		return string(text), nil
	}
	texts := map[string]string{}
	var all []*shownPage
	for _, page := range everyPage() {
		page.path, err = filledIn(page.path, texts)
		if err == nil {
			texts[page.name], err = seen(page)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, page)
	}
	return all, nil
}

// filledIn puts into a path what stands on another page: {users|/admin/users/[^"?]+} is the first on the page "users".
func filledIn(path string, texts map[string]string) (string, error) {
	begins, ends := strings.IndexByte(path, '{'), strings.LastIndexByte(path, '}')
	if begins < 0 {
		return path, nil
	}
	name, pattern, _ := strings.Cut(path[begins+1:ends], "|")
	wanted, err := regexp.Compile(pattern)
	if err != nil {
		return "", err
	}
	link := wanted.FindString(texts[name])
	if link == "" {
		return "", fmt.Errorf("the page %s has no %s", name, pattern)
	}
	return path[:begins] + strings.ReplaceAll(link, "&amp;", "&") + path[ends+1:], nil
}

// pages prints what each page costs against a page of the floor that reads and shows as many rows, in as many bytes.
func (r *report) pages(engine string, all []*shownPage) {
	r.head("Pages, %s: %s users, %s permanent tokens, one connection, time to the first byte",
		engine, thousands(officeUsers), thousands(officeTokens))
	table := r.table("", "rows", "read", "kB", "compressed", "floor µs", "hub µs", "ratio",
		"CPU floor µs", "CPU hub µs", "CPU ratio", "target for the first byte")
	for _, page := range all {
		mine, theirs := median(page.hub.waits), median(page.floor.waits)
		ratio := float64(mine) / float64(theirs)
		fmt.Fprintf(table, "%s\t%d\t%d\t%.1f\t%.1f\t%s\t%s\t%.2f\t%s\t%s\t%.2f\t%s\n",
			page.name, page.rows, page.read, float64(page.plain)/1000, float64(page.small)/1000,
			micros(theirs), micros(mine), ratio,
			micros(page.floor.perPage()), micros(page.hub.perPage()), float64(page.hub.processor)/float64(page.floor.processor),
			r.verdict(ratio, pageLimit, "%.1f"))
	}
	_ = table.Flush()
	heaviest := slices.MaxFunc(all, func(a, b *shownPage) int { return a.small - b.small })
	r.figures([]figure{{"heaviest page: " + heaviest.name, float64(heaviest.small) / 1000, "kB", pageKilos}})
}
