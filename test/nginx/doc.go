// Package nginx puts the real nginx, with the configuration of examples/nginx, between a plain backend and the real hub.
//
// Start reading at nginx_test.go.
package nginx
