package config

// Settings are the flags of every verb that touches a hub, as texts. The tags are those of the command-line parser; every
// zero value works.
type Settings struct {
	Data            string `default:"./hub-data" placeholder:"DIR" help:"Folder of hub.db, master.key and tls/; made when absent (default: ${default})."`
	Listen          string `default:"localhost:8443" placeholder:"ADDR" help:"Address to listen on (default: ${default})."`
	URL             string `name:"url" placeholder:"URL" help:"Base URL of production; may hold a path (https:// and --listen when not given)."`
	TestURL         string `name:"test-url" placeholder:"URL" help:"Base URL of the test environment (URL + /test); none switches it off."`
	Database        string `placeholder:"DSN" help:"postgres://... for PostgreSQL; SQLite in --data when empty."`
	TLS             string `name:"tls" default:"auto" enum:"auto,file,acme,off" placeholder:"MODE" help:"auto (own CA, loopback and private names), file, acme, or off (loopback, or behind --trusted-proxies) (default: ${default})."`
	TLSCert         string `name:"tls-cert" placeholder:"FILE" help:"Certificate chain in PEM, for --tls file; reloaded when it changes."`
	TLSKey          string `name:"tls-key" placeholder:"FILE" help:"Private key in PEM, for --tls file."`
	ACMEEmail       string `name:"acme-email" placeholder:"ADDRESS" help:"Where the certificate authority sends warnings, for --tls acme."`
	ACMEDirectory   string `name:"acme-directory" placeholder:"URL" help:"Directory of the certificate authority, for --tls acme (Let's Encrypt)."`
	TrustedProxies  string `placeholder:"CIDR,..." help:"Proxies whose word on the client's address and scheme is believed."`
	ForwardedHeader string `default:"X-Forwarded-For" placeholder:"NAME" help:"The one header they say it in: X-Forwarded-For or Forwarded (default: ${default})."`
	MasterKeyFile   string `placeholder:"FILE" help:"The master key (master.key in --data); made at first start when absent."`
	Registration    string `default:"off" enum:"off,token,open" placeholder:"MODE" help:"Dynamic client registration: off, token (with a bearer for it) or open (default: ${default})."`
	RateLimit       string `default:"off" placeholder:"N/s" help:"Requests per client, such as 100/s (default: ${default})."`
	FailureLimits   string `default:"account=10/15m,address=50/1m" placeholder:"LIMITS" help:"Wrong credentials per source; off only when listening on loopback (default: ${default})."`
	FetchAllow      string `placeholder:"CIDR,..." help:"Private ranges that outgoing calls may reach."`
	SMTP            string `name:"smtp" placeholder:"URL" help:"Mail server, such as smtp://user:password@mail.example.com:587; without it, actions that need mail say so."`
	MailFrom        string `placeholder:"ADDRESS" help:"Sender of mails, such as hub@example.com."`
	MetricsListen   string `default:"localhost:9464" placeholder:"ADDR" help:"Address of /metrics; off for none (default: ${default})."`
	Pprof           bool   `help:"/debug/pprof beside /metrics."`
	LogFormat       string `default:"text" enum:"text,json" placeholder:"FORMAT" help:"Form of the log on stderr: text or json (default: ${default})."`
	LogLevel        string `default:"info" enum:"debug,info,warn,error" placeholder:"LEVEL" help:"Least level that is logged: debug, info, warn or error (default: ${default})."`
}
