package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// maxProxyAnswer bounds the head of a proxy's answer, in bytes.
const maxProxyAnswer = 16 << 10

// connectThrough asks an HTTP proxy for a tunnel to address. Errors never hold the proxy's password.
func connectThrough(ctx context.Context, proxy *url.URL, address string) (net.Conn, error) {
	c, err := connectProxy(ctx, proxy)
	if err != nil {
		return nil, fmt.Errorf("proxy %s: %w", proxy.Host, err)
	}
	// The exchange below knows deadlines only, so the end of ctx becomes one.
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	err = requestTunnel(c, proxy, address)
	if !stop() {
		err = context.Cause(ctx) // whatever the deadline made of the exchange
	}
	if err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("proxy %s: %w", proxy.Host, err)
	}
	return c, nil
}

// connectProxy reaches the proxy itself, over TLS when its URL says https.
func connectProxy(ctx context.Context, proxy *url.URL) (net.Conn, error) {
	port := proxy.Port()
	switch {
	case proxy.Scheme != "http" && proxy.Scheme != "https":
		return nil, fmt.Errorf("proxies of kind %q are not supported", proxy.Scheme)
	case port == "" && proxy.Scheme == "https":
		port = "443"
	case port == "":
		port = "80"
	}
	address := net.JoinHostPort(proxy.Hostname(), port)
	if proxy.Scheme == "http" {
		return tcpDialer().DialContext(ctx, "tcp", address)
	}
	d := tls.Dialer{NetDialer: tcpDialer(), Config: &tls.Config{MinVersion: tls.VersionTLS12}}
	return d.DialContext(ctx, "tcp", address)
}

func requestTunnel(c net.Conn, proxy *url.URL, address string) error {
	request := &http.Request{
		Method: http.MethodConnect,
		URL:    &url.URL{Opaque: address},
		Host:   address,
		Header: http.Header{},
	}
	if proxy.User != nil {
		password, _ := proxy.User.Password()
		credentials := base64.StdEncoding.EncodeToString([]byte(proxy.User.Username() + ":" + password))
		request.Header.Set("Proxy-Authorization", "Basic "+credentials)
	}
	if err := request.Write(c); err != nil {
		return err
	}
	reader := bufio.NewReader(io.LimitReader(c, maxProxyAnswer))
	answer, err := http.ReadResponse(reader, request)
	if err != nil {
		return err
	}
	// A CONNECT answer has no body; what comes after it belongs to the relay, who says nothing before we do.
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %d", answer.StatusCode)
	}
	if reader.Buffered() > 0 {
		return errors.New("it sent more than its answer")
	}
	return nil
}
