package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	clientID := flag.String("client", "floor", "the id of the only client")
	secret := flag.String("secret", "", "the secret of the only client")
	token := flag.String("token", "", "the only opaque token that /lookup knows")
	static := flag.String("static", "", "folder whose files /static/ answers with, read once")
	cert := flag.String("cert", "", "certificate file; with it the floor speaks TLS")
	key := flag.String("key", "", "key file of the certificate")
	pages := flag.String("pages", "", "a database that hub has filled (sqlite:FILE or postgres://...), out of which /page shows users")
	database := flag.String("commits", "",
		"instead of all this: how often a database (sqlite:FILE or postgres://...) can note durably that a token was used")
	connections := flag.Int("connections", 64, "with -commits: how many use tokens at once")
	seconds := flag.Float64("seconds", 2, "with -commits: for how long")
	flag.Parse()
	if *database != "" {
		rate, err := commits(context.Background(), *database, *connections, time.Duration(*seconds*float64(time.Second)))
		if err != nil {
			log.Fatalf("floor: %v", err)
		}
		fmt.Printf("floor commits %.0f\n", rate)
		return
	}
	if err := run(*listen, *clientID, *secret, *token, *static, *cert, *key, *pages); err != nil {
		log.Fatalf("floor: %v", err)
	}
}

func run(listen, clientID, secret, token, static, cert, key, pages string) error {
	bare, err := newFloor(clientID, secret, token, static)
	if err != nil {
		return err
	}
	routes := bare.routes()
	if pages != "" {
		shown, err := newPager(pages)
		if err != nil {
			return err
		}
		routes.HandleFunc("GET /page", shown.show)
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: routes, ReadHeaderTimeout: 10 * time.Second}
	stop, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer release()
	go func() {
		<-stop.Done()
		_ = server.Close()
	}()
	fmt.Printf("floor ready addr=%s\n", listener.Addr())
	if cert != "" {
		err = server.ServeTLS(listener, cert, key)
	} else {
		err = server.Serve(listener)
	}
	if stop.Err() != nil {
		return nil
	}
	return err
}
