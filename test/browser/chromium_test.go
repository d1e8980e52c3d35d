package browser_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"example.org/hub/test/blackbox"
)

// patience ends a step that hangs, on a machine that may have much else to do; it is no part of any test.
const patience = 2 * time.Minute

// tab is a browser of its own, with cookies of its own.
type tab struct {
	testing.TB
	ctx     context.Context
	lock    sync.Mutex
	remarks []string // what stood in the console: errors, and what the content security policy refused
}

// chromium starts the browser that all tests share, when the first asks for it. It takes seconds to start, and longer than
// most tests take.
var chromium = sync.OnceValues(func() (*browser, error) {
	folder, sweep, err := passing()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.IgnoreCertErrors,
		chromedp.UserDataDir(filepath.Join(folder, "profile")), chromedp.Env("TMPDIR="+folder, "XDG_CONFIG_HOME="+folder, "XDG_CACHE_HOME="+folder))
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	return &browser{ctx, func() { end(); endAllocator(); sweep() }, make(chan *profile, 4)}, chromedp.Do(ctx, chromedp.Navigate("about:blank"))
})

// passing makes a folder for all that Chromium leaves behind. It goes with this process, however that ends: the shell that sweeps
// waits for a pipe which the kernel closes then.
func passing() (folder string, sweep func(), err error) {
	if folder, err = os.MkdirTemp("", "hub-chromium-"); err != nil {
		return "", nil, err
	}
	sweeper := exec.Command("/bin/sh", "-c", `cat >/dev/null; for i in 1 2 3 4 5 6 7 8 9; do rm -rf "$0" && exit; sleep 1; done`, folder)
	sweeper.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt typed at the tests must not reach it
	pipe, err := sweeper.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	sweep = func() {
		_ = pipe.Close()
		_ = sweeper.Wait()
	}
	return folder, sweep, sweeper.Start()
}

// browser is Chromium at work.
type browser struct {
	ctx  context.Context
	end  func()
	free chan *profile // those that no test uses now
}

// profile is what keeps cookies, with one tab. Chromium needs longer to make one than most tests take.
type profile struct {
	ctx context.Context
	end func()
}

func TestMain(m *testing.M) {
	code := blackbox.Main(m)
	if shared, _ := chromium(); shared != nil {
		shared.end()
	}
	os.Exit(code)
}

// newTab opens a tab that shares no cookies with any other. A test that went well leaves it, as good as new, to the next.
func newTab(t testing.TB) *tab {
	t.Helper()
	shared, err := chromium()
	if err != nil {
		t.Fatalf("Chromium does not start (apt-get install chromium): %v", err)
	}
	p, err := shared.profile()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(p.ctx)
	b := &tab{TB: t, ctx: ctx}
	t.Cleanup(func() {
		defer stop()
		if t.Failed() {
			p.end()
			return
		}
		b.forget()
		select {
		case shared.free <- p:
		default:
			p.end()
		}
	})
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatal(err)
	}
	return b
}

// freshTab is newTab in a new profile: Chromium does not ask for passkeys in a tab that was handed on.
func freshTab(t testing.TB) *tab {
	t.Helper()
	for shared, _ := chromium(); shared != nil && len(shared.free) > 0; {
		(<-shared.free).end()
	}
	return newTab(t)
}

// profile gives one that is free, or a new one.
func (shared *browser) profile() (*profile, error) {
	select {
	case p := <-shared.free:
		return p, nil
	default:
	}
	ctx, end := chromedp.NewContext(shared.ctx, chromedp.WithNewBrowserContext())
	if err := chromedp.Do(ctx); err != nil {
		end()
		return nil, err
	}
	_, logs := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	_, exceptions := chromedp.Call(ctx, runtime.Enable, cdp.Empty{})
	return &profile{ctx, end}, errors.Join(logs, exceptions)
}

// forget takes back whatever tests do to a tab: cookies, looks, scripts switched off, another name, passkeys. The pages keep
// nothing else in a browser.
func (b *tab) forget() {
	b.Helper()
	call(b, network.ClearBrowserCookies, cdp.Empty{})
	call(b, page.ResetNavigationHistory, cdp.Empty{})
	call(b, webauthn.Disable, cdp.Empty{})
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
	b.do(chromedp.EmulateReset())
}

// note keeps what the browser complains about. A page that says no by its status is no complaint.
func (b *tab) note(event any) {
	b.lock.Lock()
	defer b.lock.Unlock()
	switch event := event.(type) {
	case *log.EventEntryAdded:
		if event.Entry.Level == log.EntryLevelError && !strings.Contains(event.Entry.Text, "the server responded with a status of") {
			b.remarks = append(b.remarks, event.Entry.Text+" "+event.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.remarks = append(b.remarks, event.ExceptionDetails.Text)
	}
}

// step is what one step with the browser has to end within.
func (b *tab) step() (context.Context, context.CancelFunc) {
	return context.WithTimeout(b.ctx, patience)
}

// call runs a command of the browser itself.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) {
	b.Helper()
	ctx, stop := b.step()
	defer stop()
	if _, err := chromedp.Call(ctx, command, params); err != nil {
		b.Fatal(err)
	}
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, stop := b.step()
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// open goes to a page and waits until it is there.
func (b *tab) open(url string) {
	b.Helper()
	b.do(chromedp.Navigate(url), chromedp.WaitReady(chromedp.CSS("body")))
}

// look sets theme and size of the window.
func (b *tab) look(dark bool, width, height int64) {
	b.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.do(chromedp.EmulateViewport(width, height))
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	// Chromium leaves inherited light-dark() colours as they were when the scheme is changed in this way: draw all anew.
	get[int](b, `(document.documentElement.hidden = true, document.documentElement.offsetHeight, document.documentElement.hidden = false, 0)`)
}

// get gives what an expression comes to in the page.
func get[T any](b *tab, expression string, options ...chromedp.EvaluateOption) T {
	b.Helper()
	ctx, stop := b.step()
	defer stop()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, options...))
	if err != nil {
		b.Fatalf("%s: %v", shortened(expression), err)
	}
	return value
}

func shortened(text string) string { return text[:min(len(text), 80)] }

func (b *tab) text(expression string) string { return get[string](b, "String("+expression+")") }

// see waits until an element is there to be seen, and nothing moves it any more that the page does while it is read.
func (b *tab) see(selector string) {
	b.Helper()
	b.do(chromedp.WaitVisible(chromedp.CSS(selector)))
	b.until("the page of "+selector, "true")
}

func (b *tab) click(selector string) {
	b.Helper()
	b.see(selector)
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

func (b *tab) press(keys ...string) {
	b.Helper()
	for _, key := range keys {
		b.do(chromedp.KeyEvent(key))
	}
}

// fill types into a field.
func (b *tab) fill(name, text string) {
	b.Helper()
	selector := `[name="` + name + `"]:not([readonly])`
	b.see(selector)
	field := chromedp.CSS(selector)
	b.do(chromedp.Clear(field), chromedp.SendKeys(field, text))
}

// send presses the button of the page's form.
func (b *tab) send() {
	b.Helper()
	b.click(`main form button:not([type])`)
}

// silent says that nothing was written to the console.
func (b *tab) silent(page string) {
	b.Helper()
	b.lock.Lock()
	defer b.lock.Unlock()
	for _, remark := range b.remarks {
		b.Errorf("%s: in the console: %s", page, remark)
	}
	b.remarks = nil
}

// shots is the variable that names the folder for pictures.
const shots = "HUB_SHOTS"

// shot keeps a picture if somebody wants to look.
func (b *tab) shot(name string) {
	b.Helper()
	folder := os.Getenv(shots)
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644)
	}
	if err != nil {
		b.Fatal(err)
	}
}

// axe asks axe-core what is wrong with the page as it is, when nothing moves any more. Of what is right it makes no list.
const axe = `Promise.all(document.getAnimations().map((a) => a.finished.catch(() => 0)))
	.then(() => axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"], preload: false}))
	.then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary)))`

// barriers lists what axe-core finds wrong with the page.
func (b *tab) barriers() []string {
	b.Helper()
	if !get[bool](b, `"axe" in window`) {
		script, err := os.ReadFile("testdata/axe.min.js")
		if err != nil {
			b.Fatal(err)
		}
		get[int](b, string(script)+";0")
	}
	return get[[]string](b, axe, chromedp.EvalAwaitPromise)
}

// withoutScripts switches them off.
func (b *tab) withoutScripts() {
	b.Helper()
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// until waits until an expression holds in the page, through any number of pages, and the page is all there: before its scripts
// have run a dialog takes no keys yet, and what is clicked may move.
func (b *tab) until(what, expression string) {
	b.Helper()
	blackbox.Soon(b, what, func() bool { return b.holds(`document.readyState === "complete" && (` + expression + `)`) })
}

// holds reports whether an expression is true in the page, as far as there is one yet.
func (b *tab) holds(expression string) bool {
	ctx, stop := b.step()
	defer stop()
	holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
	return err == nil && holds
}
