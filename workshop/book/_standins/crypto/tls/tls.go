// Package tls is what net/http needs of crypto/tls where there is no network: a third of what it is linked from.
package tls

import (
	"context"
	"errors"
	"net"
	"time"
)

const (
	VersionTLS12 = 0x0303
	VersionTLS13 = 0x0304

	TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256   uint16 = 0xc02f
	TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 uint16 = 0xc02b
)

type (
	Certificate       struct{}
	ClientHelloInfo   struct{}
	RecordHeaderError struct {
		Msg          string
		RecordHeader [5]byte
		Conn         net.Conn
	}
	ConnectionState struct {
		Version                    uint16
		CipherSuite                uint16
		HandshakeComplete          bool
		NegotiatedProtocol         string
		NegotiatedProtocolIsMutual bool
		ServerName                 string
	}
	Config struct {
		Time                     func() time.Time
		ServerName               string
		NextProtos               []string
		CipherSuites             []uint16
		MinVersion               uint16
		PreferServerCipherSuites bool
		InsecureSkipVerify       bool
		Certificates             []Certificate
		GetCertificate           func(*ClientHelloInfo) (*Certificate, error)
		GetConfigForClient       func(*ClientHelloInfo) (*Config, error)
	}
	Conn   struct{ net.Conn }
	Dialer struct {
		NetDialer *net.Dialer
		Config    *Config
	}
)

func (RecordHeaderError) Error() string { return errors.ErrUnsupported.Error() }

func (c *Config) Clone() *Config {
	clone := *c
	return &clone
}

func (*Conn) Handshake() error { return errors.ErrUnsupported }

func (*Conn) HandshakeContext(context.Context) error { return errors.ErrUnsupported }

func (*Conn) ConnectionState() ConnectionState { return ConnectionState{} }

func (*Conn) VerifyHostname(string) error { return errors.ErrUnsupported }

func (c *Conn) NetConn() net.Conn { return c.Conn }

func (*Dialer) DialContext(context.Context, string, string) (net.Conn, error) {
	return nil, errors.ErrUnsupported
}

func Client(conn net.Conn, _ *Config) *Conn { return &Conn{conn} }

func Dial(string, string, *Config) (*Conn, error) { return nil, errors.ErrUnsupported }

func Listen(string, string, *Config) (net.Listener, error) { return nil, errors.ErrUnsupported }

func NewListener(l net.Listener, _ *Config) net.Listener { return l }

func LoadX509KeyPair(string, string) (Certificate, error) {
	return Certificate{}, errors.ErrUnsupported
}
