// Package mail writes letters and sends them: by SMTP, or into a mailbox in memory for `hub dev`.
//
// outbox.go puts letters into the outbox in the transaction of what caused them, sealed, and delivers what is due; letter.go
// is their words. smtp.go and mailbox.go are the two ways in which they leave.
//
// What does not live here: when a letter is due to be written (signin), SQL (store).
//
// Start reading at outbox.go.
package mail
