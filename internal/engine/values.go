package engine

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/profile"
)

// databaseValues are the placeholders of a database.
func databaseValues(dsn string) (profile.Values, error) {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("reading the address of the target's database: it is no dsn")
	}
	port := strconv.Itoa(int(c.Port))
	address := url.URL{Scheme: "postgresql", User: url.UserPassword(c.User, c.Password), Path: "/" + c.Database, Host: net.JoinHostPort(c.Host, port)}
	if strings.HasPrefix(c.Host, "/") { // a socket's folder
		address.Host, address.RawQuery = "", url.Values{"host": {c.Host}, "port": {port}}.Encode()
	}
	return profile.Values{"database.url": address.String(), "database.host": c.Host, "database.port": port,
		"database.name": c.Database, "database.user": c.User, "database.password": c.Password}, nil
}

// firstLine is the first line of a text.
func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}
