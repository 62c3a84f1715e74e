package engine

import (
	"fmt"
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
	address := url.URL{Scheme: "postgresql", User: url.UserPassword(c.User, c.Password), Path: "/" + c.Database,
		Host: c.Host + ":" + strconv.Itoa(int(c.Port))}
	if strings.HasPrefix(c.Host, "/") { // a socket's folder
		address.Host, address.RawQuery = "", url.Values{"host": {c.Host}, "port": {strconv.Itoa(int(c.Port))}}.Encode()
	}
	return profile.Values{"database.url": address.String(), "database.host": c.Host, "database.port": strconv.Itoa(int(c.Port)),
		"database.name": c.Database, "database.user": c.User, "database.password": c.Password}, nil
}

// firstLine is the first line of a text.
func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}
