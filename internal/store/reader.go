package store

import (
	"context"

	"example.org/hub/internal/fault"
)

// Reader asks questions. Store and Tx both embed one, so every question is written once and can be asked on its own or
// inside a transaction. Outside a transaction each question is answered from the latest committed state.
//
// Questions are asked of its address: were they asked of a copy, whatever embeds one would bear each of them once more.
//
// Answers: fault.NotFound where one thing was asked for and is not there, fault.Unavailable in database trouble.
type Reader struct{ from source }

// source is where a Reader gets its connection: the pool of the store, or the transaction it belongs to.
type source interface {
	use(ctx context.Context, do func(session) error) error
}

// errNotFound is shared by all questions, so that a miss costs nothing. Whoever shows it to people says what is missing.
var errNotFound = fault.New(fault.NotFound, "there is no such thing")

// scanner is one row.
type scanner interface{ Scan(...any) error }

// each runs s and hands its rows to row, one by one. start runs before the first row of every attempt.
func (r *Reader) each(ctx context.Context, s *statement, args []any, start func(), row func(scanner) error) error {
	if err := s.check(args); err != nil {
		return err
	}
	return r.from.use(ctx, func(in session) error {
		start()
		rows, err := in.query(ctx, s, args)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := row(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// one runs s and gives its first row as scan reads it; fault.NotFound if there is none.
func one[T any](ctx context.Context, r *Reader, s *statement, scan func(scanner, *T) error, args ...any) (T, error) {
	var value T
	found := false
	err := r.each(ctx, s, args, func() { value, found = *new(T), false }, func(row scanner) error {
		if found {
			return nil
		}
		found = true
		return scan(row, &value)
	})
	if err == nil && !found {
		return value, errNotFound
	}
	return value, err
}

// list runs s and gives all its rows as scan reads them.
func list[T any](ctx context.Context, r *Reader, s *statement, scan func(scanner, *T) error, args ...any) ([]T, error) {
	var values []T
	err := r.each(ctx, s, args, func() { values = values[:0] }, func(row scanner) error {
		var value T
		if err := scan(row, &value); err != nil {
			return err
		}
		values = append(values, value)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return values, nil
}

// value scans a single column.
func value[T any](row scanner, into *T) error { return row.Scan(into) }
