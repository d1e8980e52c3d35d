// Package web is the pages of Hub: all HTML, and the handlers behind it.
//
// pages.go holds what they are made of and lists them; each page is a file with its handler and its one struct, and a
// template of the same name. page.go draws a page, error.go is the one writer of errors, form.go reads what is posted.
// authorize.go is the seam to the authorization endpoint: where it sends a browser, and how a browser comes back.
// words.go is what pages say, from locale/, one file per language; saying.go is what the rooms below say, in the language of the page,
// from locale/said/; asset.go serves static/.
//
// The pages of a service's request stand alone (solo.html); those of the console stand in its frame (shell.html). nav.go is the
// table of what the side leads to and who sees it, needs.go keeps out who lacks a permission, question.go is the dialog that
// asks before something is done, dialog.go mounts one at a URL of its own, editing.go mounts the form by which something is
// changed and tells who was faster, pager.go and walk.go lead through long lists. cookie.go keeps for a moment, sealed, in the
// browser what lies between two requests: said.go a remark on what was done, kept.go a form that waits for a sign-in, or until
// it can be taken, ticket.go a secret that is shown once. sent_once.go makes one thing of a form that arrives twice.
// security.go, with holdings.go and the files beside it, is every credential of a holder: of oneself or, mounted below another
// path, of another user; use.go is the page of one of them, with recipes (recipe.go). What administrators see is in the files
// admin_*: a list in one of the plural, one thing in one of the singular, and what the pages of a user share in admin_user.go.
//
// Every page works without scripts and posts to its own URL; a dialog has a URL too, at which the server draws the page with
// the dialog open. A page that belongs to the request of a service carries that
// request in its query, unread, and goes back to the authorization endpoint with it, which alone decides what is next.
// Pages never send to each other, but for those of Hub itself: they ask for a sign-in and are come back to.
//
// How a page is added: a struct with frame in it and a handler (v *visitor) error in a file of its own, a template of the same
// name in templates/ that fills "main" of the shell, a line in Pages.Mount, a line in navigation if the side leads there, words
// in every file of locale/, a row in the golden test and in test/browser. The handler reads a posted form first (readForm),
// then asks for a sign-in (signedIn, or needs with a permission), does what it does through a room below with p.actor(v), and
// ends with show, with draw and what p.mistakes found, or with done, which redirects and has the next page say what happened.
// Who may do what is never decided here: the rooms do that, a page only asks what it shall offer.
//
// What does not live here: how people prove who they are (signin), what a request asks for (provider, oauth), SQL.
//
// Start reading at pages.go, then login.go for a page that stands alone and profile.go for one of the console.
package web
