// Two small programs for the other end, each for python3 and perl: one listens for a moment, one connects to many places at once.

/** Arguments: nonce, seconds, how many marked connections to wait for, then address and port of each place. */
const pythonListener = `import socket,select,sys,time,os
n=sys.argv[1];end=time.time()+float(sys.argv[2]);want=int(sys.argv[3]);S={}
def say(*a):
 sys.stdout.write(' '.join([n]+[str(x) for x in a])+'\\n');sys.stdout.flush()
for a,p in zip(sys.argv[4::2],sys.argv[5::2]):
 try:
  s=socket.socket(socket.AF_INET6 if ':' in a else socket.AF_INET,socket.SOCK_STREAM)
  s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1);s.bind((a,int(p)));s.listen(64);S[s]=p;say('listening',p)
 except Exception as e: say('failed',p,getattr(e,'strerror',None) or e)
say('ready',os.getpid())
while S and want>0 and time.time()<end:
 for s in select.select(list(S),[],[],0.25)[0]:
  c,f=s.accept();c.settimeout(1);b=b''
  try: b=c.recv(80)
  except Exception: pass
  if n.encode() in b:
   want-=1;say('from',S[s],f[0])
  c.close()
`;

const perlListener = `use Socket qw(:all);$|=1;my($n,$t,$want,@a)=@ARGV;my$end=time+$t;my%s;
sub told{print join(" ",$n,@_),"\\n"}
while(my($a,$p)=splice(@a,0,2)){my($e,@r)=getaddrinfo($a,$p,{flags=>AI_NUMERICHOST|AI_PASSIVE,socktype=>SOCK_STREAM});
if($e){told("failed",$p,$e);next}
my$r=$r[0];my$s;
if(socket($s,$r->{family},SOCK_STREAM,0)&&setsockopt($s,SOL_SOCKET,SO_REUSEADDR,1)&&bind($s,$r->{addr})&&listen($s,64)){$s{fileno($s)}=[$s,$p];told("listening",$p)}
else{told("failed",$p,"$!")}}
told("ready",$$);
while(%s&&$want>0&&time<$end){my$v="";vec($v,$_,1)=1 for keys%s;my$o=$v;next if select($o,undef,undef,0.25)<=0;
for my$f(keys%s){next unless vec($o,$f,1);my$c;my$q=accept($c,$s{$f}[0])or next;my$w="";vec($w,fileno($c),1)=1;my$b="";
sysread($c,$b,80) if select($w,undef,undef,1)>0;
if(index($b,$n)>=0){$want--;my($e,$h)=getnameinfo($q,NI_NUMERICHOST);told("from",$s{$f}[1],$h)}
close($c)}}
`;

/** Arguments: nonce, seconds, then id, address, port and mark (1: say the nonce, 0: say nothing) of each place. */
const pythonDialer = `import socket,select,sys,time,os,errno
n=sys.argv[1];T=float(sys.argv[2]);A=sys.argv[3:];L=[A[i:i+4] for i in range(0,len(A),4)]
def say(*a):
 sys.stdout.write(' '.join([n]+[str(x) for x in a])+'\\n');sys.stdout.flush()
for k in range(0,len(L),200):
 W={};P=select.poll()
 for i,a,p,m in L[k:k+200]:
  try: r=socket.getaddrinfo(a,int(p),0,socket.SOCK_STREAM)[0]
  except Exception as e:
   say(i,'name',getattr(e,'strerror',None) or e);continue
  s=socket.socket(r[0],socket.SOCK_STREAM);s.setblocking(False);e=s.connect_ex(r[4])
  if e and e!=errno.EINPROGRESS:
   say(i,'failed',os.strerror(e));s.close();continue
  W[s.fileno()]=(s,i,m);P.register(s,select.POLLOUT)
 end=time.time()+T
 while W and time.time()<end:
  for f,v in P.poll(250):
   s,i,m=W.pop(f);P.unregister(f);e=s.getsockopt(socket.SOL_SOCKET,socket.SO_ERROR)
   if e: say(i,'failed',os.strerror(e))
   else:
    if m=='1':
     try: s.send((n+'\\n').encode())
     except Exception: pass
    say(i,'connected')
   s.close()
 for s,i,m in W.values():
  say(i,'silent');s.close()
`;

const perlDialer = `use Socket qw(:all);use Errno;use Fcntl;$|=1;$SIG{PIPE}="IGNORE";my($n,$T,@A)=@ARGV;
sub told{print join(" ",$n,@_),"\\n"}
while(my@L=splice(@A,0,800)){my%w;
while(my($i,$a,$p,$m)=splice(@L,0,4)){my($e,@r)=getaddrinfo($a,$p,{socktype=>SOCK_STREAM});
if($e){told($i,"name",$e);next}
my$r=$r[0];my$s;socket($s,$r->{family},SOCK_STREAM,0);fcntl($s,F_SETFL,fcntl($s,F_GETFL,0)|O_NONBLOCK);
if(!connect($s,$r->{addr})&&!$!{EINPROGRESS}){told($i,"failed","$!");next}
$w{fileno($s)}=[$s,$i,$m]}
my$end=time+$T;
while(%w&&time<$end){my$v="";vec($v,$_,1)=1 for keys%w;my$o=$v;next if select(undef,$o,undef,0.25)<=0;
for my$f(keys%w){next unless vec($o,$f,1);my($s,$i,$m)=@{delete$w{$f}};my$x=unpack("i",getsockopt($s,SOL_SOCKET,SO_ERROR));
if($x){$!=$x;told($i,"failed","$!")}else{syswrite($s,"$n\\n") if $m;told($i,"connected")}
close($s)}}
told($$_[1],"silent") for values%w}
`;

/** Without either of them: one connection at a time would take minutes, so fifty at once. */
const shellDialer = `n=$1; t=$2; shift 2; k=0
one() {
  if command -v bash >/dev/null 2>&1; then
    e=$(timeout "$t" bash -c 'exec 3<>"/dev/tcp/$1/$2" || exit; [ "$3" = 0 ] || printf "%s\\n" "$4" >&3' sh "$2" "$3" "$4" "$n" 2>&1); c=$?
  else
    e=$(if [ "$4" = 1 ]; then printf '%s\\n' "$n"; fi | timeout "$t" nc -w "$t" "$2" "$3" 2>&1 >/dev/null); c=$?
  fi
  case $c in 0) printf '%s %s connected\\n' "$n" "$1";; 124|143) printf '%s %s silent\\n' "$n" "$1";;
  *) printf '%s %s failed %s\\n' "$n" "$1" "$(printf %s "$e" | tr '\\n' ' ' | tail -c 200)";; esac
}
while [ $# -ge 4 ]; do one "$1" "$2" "$3" "$4" & shift 4; k=$((k+1)); [ $((k%50)) = 0 ] && wait; done; wait
`;

const anyPython =
  'P=; for f in python3 /usr/libexec/platform-python python; do command -v "$f" >/dev/null 2>&1 && { P=$f; break; }; done';

/** The lines of a shell script that run it with these words. Without python and perl nobody can listen, and it says so. */
export function listenScript(words: string): string {
  return `${anyPython}
if [ -n "$P" ]; then exec "$P" -c ${quoted(pythonListener)} ${words}; fi
if command -v perl >/dev/null 2>&1; then exec perl -e ${quoted(perlListener)} ${words}; fi
echo "$N none neither python3 nor perl is installed"
`;
}

export function dialScript(words: string): string {
  return `${anyPython}
if [ -n "$P" ]; then exec "$P" -c ${quoted(pythonDialer)} ${words}; fi
if command -v perl >/dev/null 2>&1; then exec perl -e ${quoted(perlDialer)} ${words}; fi
exec sh -c ${quoted(shellDialer)} sh ${words}
`;
}

function quoted(program: string): string {
  return `'${program.replaceAll("'", `'"'"'`)}'`;
}
