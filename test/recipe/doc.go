// Package recipe runs each recipe that the pages offer to paste, against a hub: with curl, Go, Python, JavaScript, an OpenID
// library and nginx, as somebody would who has just copied it.
//
// There is nothing here but tests. Start reading at recipe_test.go; the texts are in internal/web/recipes.
package recipe
