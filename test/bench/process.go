package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a server under measurement.
type process struct {
	command *exec.Cmd
	ready   string // the line in which it said that it is ready
	log     *tail
	exited  chan struct{}
}

// start starts a program and waits for the line on its stdout that begins so.
func start(ctx context.Context, readyPrefix, program string, args ...string) (*process, error) {
	p := &process{command: exec.Command(program, args...), log: &tail{}, exited: make(chan struct{})}
	p.command.Stderr = p.log
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), readyPrefix) {
				select {
				case ready <- lines.Text():
				default:
				}
			}
		}
		_ = p.command.Wait()
		close(p.exited)
	}()
	select {
	case p.ready = <-ready:
		return p, nil
	case <-p.exited:
		return nil, fmt.Errorf("%s %s ended before it was ready: %s\n%s", program, strings.Join(args, " "), p.command.ProcessState, p.log)
	case <-time.After(30 * time.Second):
	case <-ctx.Done():
	}
	p.stop()
	return nil, fmt.Errorf("%s %s was not ready within 30 s\n%s", program, strings.Join(args, " "), p.log)
}

// stop asks the process to end, and ends it if it does not within 10 s.
func (p *process) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(10 * time.Second):
		_ = p.command.Process.Kill()
		<-p.exited
	}
}

// tick is the unit of processor times in /proc: the kernel shows them to programs in hundredths of a second, whatever it counts
// in.
const tick = 10 * time.Millisecond

// processorTime gives the time that all threads of the process spent so far, in the program and in the kernel for it.
func (p *process) processorTime() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	return parseProcessorTime(stat)
}

// parseProcessorTime reads fields 14 (utime) and 15 (stime) of /proc/PID/stat; the second field may hold anything in parentheses.
func parseProcessorTime(stat []byte) (time.Duration, error) {
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("unknown form of /proc/PID/stat: %q", stat)
	}
	inProgram, err := strconv.ParseInt(fields[11], 10, 64)
	inKernel, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(inProgram+inKernel) * tick, errors.Join(err, err2)
}

// finerTime is processorTime of the threads that there are, in nanoseconds: for spans of a few milliseconds.
func (p *process) finerTime() (time.Duration, error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.command.Process.Pid))
	var sum time.Duration
	for _, thread := range threads {
		stat, gone := os.ReadFile(thread)
		if gone != nil {
			continue // the thread has ended meanwhile
		}
		var ran int64
		if _, err := fmt.Sscan(string(stat), &ran); err != nil {
			return 0, fmt.Errorf("unknown form of %s: %w", thread, err)
		}
		sum += time.Duration(ran)
	}
	return sum, err
}

// memory gives the resident memory of the process in bytes, the pages of its own file included.
func (p *process) memory() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		return 0, fmt.Errorf("no VmRSS in /proc/PID/status: %w", err)
	}
	return kilobytes << 10, nil
}

// tail keeps the end of what a process wrote to stderr.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailLength = 4 << 10

func (t *tail) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, text...)
	t.text = t.text[max(0, len(t.text)-tailLength):]
	return len(text), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
