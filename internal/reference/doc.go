// Package reference is the bundled target: a real integration that copies a source into Postgres, driven by the
// source's manifest. The harness reaches it over loopback HTTP like any other target (docs/protocol.md).
//
// What it computes (signatures, money and times, hashes, the order of events) it writes itself and shares with no
// other package of this module: the harness computes the same a second time, and a mistake made once must not hide
// itself by being made in one shared place.
//
// A payload travels through it in one direction: Fetcher or Verifier, Hasher, Ingester (the raw row, committed),
// Refiner, Arbiter, refined rows, Responder. Beside the way stand the Pacer (when a request is made again), the Ledger
// (what became of raw rows) and the Registrar (webhooks). Each of these is a port (Ports) that a caller may wrap.
package reference
