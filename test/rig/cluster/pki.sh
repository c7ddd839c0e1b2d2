#!/bin/sh
# Runs on the node: one authority, the API server's certificate, and a client certificate with kubeconfig per component.
# $1: the node's name, $2: its address, $3: the first address of the service range
set -eu
node=$1
address=$2
service=$3
pki=/etc/kubernetes/pki
mkdir -p "$pki"
cd "$pki"
umask 077

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }

key ca
openssl req -x509 -new -key ca.key -subj /CN=rig-authority -days 30 -out ca.crt \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null

# issue FILE SUBJECT EXTENSIONS
issue() {
  key "$1"
  printf '%s\n' "$3" >"$1.ext"
  openssl req -new -key "$1.key" -subj "$2" 2>/dev/null |
    openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile "$1.ext" -out "$1.crt" 2>/dev/null
}

client='extendedKeyUsage=clientAuth'
names="DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,DNS:$node"
issue apiserver /CN=kube-apiserver "extendedKeyUsage=serverAuth
subjectAltName=$names,IP:127.0.0.1,IP:$address,IP:$service"
issue kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client "$client"
issue admin /O=system:masters/CN=admin "$client"
issue kubelet "/O=system:nodes/CN=system:node:$node" "$client"
issue controller-manager /CN=system:kube-controller-manager "$client"
issue scheduler /CN=system:kube-scheduler "$client"
issue proxy /CN=system:kube-proxy "$client"
openssl genrsa -out service-accounts.key 2048 2>/dev/null
openssl rsa -in service-accounts.key -pubout -out service-accounts.pub 2>/dev/null

for who in admin kubelet controller-manager scheduler proxy; do
  cat >"/etc/kubernetes/$who.kubeconfig" <<CONFIG
apiVersion: v1
kind: Config
current-context: rig
contexts: [{name: rig, context: {cluster: rig, user: $who}}]
clusters: [{name: rig, cluster: {server: "https://$address:6443", certificate-authority-data: $(base64 -w0 ca.crt)}}]
users: [{name: $who, user: {client-certificate-data: $(base64 -w0 "$who.crt"), client-key-data: $(base64 -w0 "$who.key")}}]
CONFIG
done
