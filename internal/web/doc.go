// Package web is the pages of Hub: all HTML, and the handlers behind it.
//
// pages.go holds what they are made of and lists them; each page is a file with its handler and its one struct, and a
// template of the same name. page.go draws a page, error.go is the one writer of errors, form.go reads what is posted.
// authorize.go is the seam to the authorization endpoint: where it sends a browser, and how a browser comes back.
// words.go is what pages say, from locale/, one file per language; asset.go serves static/.
//
// Every page works without scripts and posts to its own URL. A page that belongs to the request of a service carries that
// request in its query, unread, and goes back to the authorization endpoint with it, which alone decides what is next.
// Pages never send to each other, but for those of Hub itself: they ask for a sign-in and are come back to.
//
// What does not live here: how people prove who they are (signin), what a request asks for (provider, oauth), SQL.
//
// Start reading at pages.go, then login.go.
package web
