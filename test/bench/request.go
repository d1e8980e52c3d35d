package main

import (
	"encoding/base64"
	"fmt"
	"net/url"
)

// The prepared requests: HTTP/1.1 as bytes, with the headers that a plain client sends.

func get(host, path, authorization string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench\r\nAccept: application/json\r\n%s\r\n",
		path, host, header(authorization))
}

func postForm(host, path, authorization string, form url.Values) []byte {
	return post(host, path, authorization, "application/x-www-form-urlencoded", form.Encode())
}

func postJSON(host, path, body string) []byte {
	return post(host, path, "", "application/json", body)
}

func post(host, path, authorization, contentType, body string) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench\r\nAccept: application/json\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
		path, host, header(authorization), contentType, len(body), body)
}

func header(authorization string) string {
	if authorization == "" {
		return ""
	}
	return "Authorization: " + authorization + "\r\n"
}

// basic is HTTP Basic as RFC 6749 section 2.3.1 wants it: both parts form-encoded first.
func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id)+":"+url.QueryEscape(secret)))
}
