package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// mostMoved is how much of a page may move while it is drawn: the share of the window, times the share of its height by which it
// moved, added up.
const mostMoved = 0.01

// moved says how much of the page has moved since it was opened, as browsers measure it: not counting what follows a key or a click.
func (b *tab) moved() float64 {
	b.Helper()
	return get[float64](b, `(() => {
		const watch = new PerformanceObserver(() => {});
		watch.observe({type: "layout-shift", buffered: true});
		return watch.takeRecords().reduce((sum, one) => sum + (one.hadRecentInput ? 0 : one.value), 0);
	})()`)
}

func TestNothingMovesWhileAPageIsDrawn(t *testing.T) {
	h := console(t)
	const screen = "0b9f3a52-6d0e-4c55-9f0e-2f6f3c1d7a44"
	h.Apply(t, "version: 1\nservices: [{id: "+screen+", key: screen, name: Screen, public: true, flows: [device_code]}]\n")
	device := h.Form(t, "/api/rest/oauth2/device", []string{"client_id", screen, "scope", "openid"})
	b := newTab(t)
	b.look(false, 360, 740)
	b.enter(h, "ada")
	for _, path := range []string{
		"/", "/account/security", "/account/security/tokens/new", "/settings/api-access?env=production", "/admin", "/admin/users", "/admin/roles",
		"/admin/services/98071167-004c-4ddf-ba37-5d4599fdf319", "/admin/system/rotate", "/auth/second-factor/set-up",
		"/device/confirm?user_code=" + device.Text("user_code"), strings.TrimPrefix(asks(h, "https://wiki.example.test", "prompt", "consent"), h.URL),
	} {
		b.open(h.URL + path)
		b.see("main")
		if moved := b.moved(); moved > mostMoved {
			t.Errorf("%s: parts of it moved while it was drawn, by %.3f", path, moved)
		}
	}
	get[int](b, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
		document.querySelector("main").prepend(document.createElement("hr"), document.createElement("hr"), document.createElement("hr"));
		requestAnimationFrame(() => requestAnimationFrame(() => done(0)));
	})))`, chromedp.EvalAwaitPromise)
	if b.moved() == 0 {
		t.Error("parts of a page that move are not noticed")
	}
}
