// Package doors is the other ways in: the back-office door, the payments door and forward-auth, and the lists of the
// back-office API.
//
// They are small. create_token.go and login.go read their own wire form, build the same oauth.TokenRequest as the token
// endpoint, and differ only in how they answer; forward_auth.go asks oauth whether a bearer may pass and answers a
// proxy. payments.go turns refusals into the payments body, whose one writer is in package resource.
//
// v1.go reads and answers the lists of the back-office API, of which v1_lists.go has the table: its filters become a query, which
// the rooms of the nouns answer with what the caller may see.
//
// What does not live here: any check of a credential or token. A control that lives in one door is missing from the next.
//
// Start reading at doors.go.
package doors
