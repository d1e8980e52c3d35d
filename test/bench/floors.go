package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// floorServer is a running floor.
type floorServer struct {
	*process
	requests map[string][][]byte // for each handler
	wire     load
}

// startFloor starts the floor with the certificate of a running hub, if it has one, and with its key set and discovery document
// to answer with, so that both send the same bytes; further are more requests whose answers it shall know by a name.
func (b *bench) startFloor(ctx context.Context, beside *hubServer, further map[string][]byte) (*floorServer, error) {
	static, err := os.MkdirTemp("", "floor-static-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(static)
	known := map[string][]byte{"keys": get(beside.target.host, keysPath, ""), "discovery": get(beside.target.host, discoveryPath, "")}
	maps.Copy(known, further)
	for name, request := range known {
		body, err := beside.wire.fetch(ctx, request)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(static, name), body, 0o600); err != nil {
			return nil, err
		}
	}
	args := []string{"-client", floorClient.id, "-secret", floorClient.secret, "-token", floorToken, "-static", static}
	if beside.wire.tls != nil {
		folder := filepath.Join(beside.target.filled.folder, "tls")
		args = append(args, "-cert", filepath.Join(folder, "cert.pem"), "-key", filepath.Join(folder, "key.pem"))
	}
	running, err := start(ctx, "floor ready addr=", b.floor, args...)
	if err != nil {
		return nil, err
	}
	bare := &floorServer{process: running, wire: load{addr: strings.TrimPrefix(running.ready, "floor ready addr="), tls: beside.wire.tls}}
	signing := bare.wire
	signing.requests = [][]byte{floorSign(bare.wire.addr)}
	signed, err := signing.tokens(ctx, liveTokens)
	if err != nil {
		running.stop()
		return nil, err
	}
	bare.requests = floorRequests(bare.wire.addr, signed)
	return bare, nil
}

// contenders gives everyone who is measured, and for the report who belongs to which subject. The floor is measured for each
// subject anew, right before the hubs, so that one moment of the machine meets all three.
func contenders(bare *floorServer, hubs []*hubServer, over wire, only *regexp.Regexp) (rows []measured, all []*contender) {
	for _, one := range subjects {
		if !only.MatchString(one.name) {
			continue
		}
		floor := &contender{name: fmt.Sprintf("%s, floor: %s", over, one.floor), process: bare.process, load: bare.wire}
		floor.load.requests = bare.requests[one.floor]
		row := measured{subject: one, floor: floor}
		all = append(all, floor)
		for _, hub := range hubs {
			name := fmt.Sprintf("%s, hub with %s services: %s", over, thousands(hub.target.filled.services), one.name)
			measured := &contender{name: name, process: hub.process, load: hub.wire}
			measured.load.requests = one.requests(hub.target)
			row.hubs = append(row.hubs, measured)
			all = append(all, measured)
		}
		rows = append(rows, row)
	}
	return rows, all
}
