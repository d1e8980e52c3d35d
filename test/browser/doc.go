// Package browser opens the pages in a real Chromium: with and without scripts, by keyboard, in both themes, on a desktop and
// on a phone, and lets axe-core look for barriers.
//
// site_test.go is the pages on a real database, with a stand-in for the authorization endpoint and a service beside it;
// chromium_test.go starts the browser. testdata/axe.min.js is axe-core, unchanged (MPL-2.0, github.com/dequelabs/axe-core).
//
// HUB_SHOTS=FOLDER keeps a picture of every page that was opened, to be looked at.
//
// Start reading at pages_test.go.
package browser
