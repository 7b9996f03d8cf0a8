/* SPDX-License-Identifier: MIT */
#include "view/html.h"

#include <stddef.h>

/*
 * Contrast of text at least 4.5 in both schemes (WCAG 2.1, 1.4.3): heat is a
 * tint of at most half strength below ink.
 */
const char *const html_style[] = {
	":root{color-scheme:light dark;--bg:#fff;--panel:#f6f7f9;--ink:#1c2333;--soft:#566074;"
	"--line:#dfe3ea;--accent:#2a56b8;--pale:#9db0d3;--band:#b9c8e6;--deep:#1d3f8f;--mark:#b4470f;"
	"--hot:214 106 42;--cold:58 124 196;--tint:.5}\n",
	".c0{--c:#2a56b8}.c1{--c:#c2410c}.c2{--c:#0f766e}.c3{--c:#9333ea}.c4{--c:#a16207}.c5{--c:#be185d}"
	".c6{--c:#4d7c0f}.c7{--c:#475569}[hidden]{display:none!important}\n",
	"@media(prefers-color-scheme:dark){:root{--bg:#12151b;--panel:#1a1f27;--ink:#e7eaf0;"
	"--soft:#a4adbd;--line:#2d3440;--accent:#86abff;--pale:#53658c;--band:#33456b;--deep:#a9c3ff;"
	"--mark:#f0965a;--hot:224 122 58;--cold:74 140 214;--tint:.42}.c0{--c:#86abff}.c1{--c:#fb923c}"
	".c2{--c:#2dd4bf}.c3{--c:#c084fc}.c4{--c:#facc15}.c5{--c:#f472b6}.c6{--c:#a3e635}.c7{--c:#94a3b8}}\n",
	"*{box-sizing:border-box}html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}\n",
	"body{margin:0;background:var(--bg);color:var(--ink);overflow-wrap:break-word;"
	"font:16px/1.55 system-ui,-apple-system,"
	"\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif}\n",
	"header,main,footer{max-width:68rem;margin:0 auto;padding:0 1.25rem}\n",
	"header{padding-top:2.75rem}h1{font-size:2.1rem;line-height:1.15;letter-spacing:-.02em;margin:0 0 .4rem;"
	"overflow-wrap:anywhere}\n",
	"h2{font-size:1.4rem;letter-spacing:-.01em;margin:3rem 0 .75rem;padding-top:1.1rem;"
	"border-top:1px solid var(--line)}h3{font-size:1.02rem;margin:0 0 .6rem;overflow-wrap:anywhere}\n",
	".sub{color:var(--soft);margin:0}p{max-width:44rem}a{color:var(--accent)}\n",
	"nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;padding:0;margin:1.1rem 0 0;"
	"font-size:.92rem}nav a{text-decoration:none}nav a:hover,nav a:focus{text-decoration:underline}\n",
	".note{border-left:3px solid var(--pale);padding:.1rem 0 .1rem .9rem;color:var(--soft);font-size:.94rem}\n",
	".keys,.facts{list-style:none;padding:0}.keys{display:grid;"
	"grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1.1rem 1.5rem;margin:1.5rem 0 2rem}\n",
	".keys li{display:flex;flex-direction:column}.keys span,.keys small{color:var(--soft);font-size:.86rem;"
	"line-height:1.45}\n",
	".keys strong{font-size:1.85rem;line-height:1.25;font-weight:650;letter-spacing:-.02em;"
	"font-variant-numeric:tabular-nums}\n",
	".cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(15.5rem,1fr));gap:1rem;margin:0 0 2rem}\n",
	".card,.keys li{min-width:0}.card{background:var(--panel);border:1px solid var(--line);border-top:3px solid var(--c,var(--accent));"
	"border-radius:.5rem;padding:1rem 1.1rem}\n",
	".facts{display:flex;flex-wrap:wrap;gap:.4rem 1.5rem;margin:0}.facts span{display:block;"
	"color:var(--soft);font-size:.8rem}.facts strong{font-weight:600;font-variant-numeric:tabular-nums}"
	".facts small{color:var(--soft)}\n",
	".lines{margin:.8rem 0 0;padding:.7rem 0 0 1.05rem;border-top:1px solid var(--line);font-size:.9rem}\n",
	".scroll{overflow-x:auto;margin:1.25rem 0 2rem}.scroll:focus-visible{outline:2px solid var(--accent)}\n",
	"table{border-collapse:collapse;min-width:100%;font-size:.93rem;font-variant-numeric:tabular-nums}\n",
	"caption{text-align:left;font-weight:600;padding:0 0 .5rem}\n",
	"th,td{padding:.42rem .75rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}\n",
	"th.t,td.t{text-align:left}td.t{white-space:normal;overflow-wrap:break-word;min-width:6rem}\n",
	"th[scope=row]{font-weight:500;position:sticky;left:0;background:var(--bg);max-width:16rem;"
	"white-space:normal;overflow-wrap:anywhere;min-width:7rem}\n",
	"thead th{color:var(--soft);font-weight:600;font-size:.84rem;vertical-align:bottom;white-space:normal;"
	"border-bottom:2px solid var(--line)}tfoot td,tfoot th{font-weight:600;border-bottom:0}\n",
	"td.bar{background:linear-gradient(var(--pale),var(--pale)) .75rem calc(100% - .12rem)/"
	"calc((100% - 1.5rem)*var(--w)) 3px no-repeat}\n",
	"td.hot{background:rgb(var(--hot)/calc(var(--h)*var(--tint)))}"
	"td.cold{background:rgb(var(--cold)/calc(var(--h)*var(--tint)))}\n",
	".filter{border:1px solid var(--line);border-radius:.5rem;margin:1.2rem 0 0;padding:.4rem .9rem .6rem;"
	"display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;font-size:.92rem;min-width:0}.filter legend{color:var(--soft);"
	"font-size:.86rem;padding:0 .3rem}.filter label{overflow-wrap:anywhere}.filter input{accent-color:var(--accent)}\n",
	"th button{all:unset;cursor:pointer;display:inline;font:inherit;color:inherit}"
	"th button:focus-visible{outline:2px solid var(--accent)}\n",
	"th button::after{content:\"\";display:inline-block;width:.9em;text-align:right}\n",
	"th[aria-sort=ascending] button::after{content:\"\\2191\"}"
	"th[aria-sort=descending] button::after{content:\"\\2193\"}\n",
	".charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));"
	"gap:1.5rem 2rem;margin:1.25rem 0 2rem}\n",
	"figure{margin:0;max-width:32rem;min-width:0}figcaption{font-weight:600;font-size:.93rem;margin:0 0 .6rem}\n",
	"svg{display:block;width:100%;height:auto}svg text{font-size:12px;fill:var(--ink)}\n",
	"svg .soft{fill:var(--soft)}svg .label{font-weight:500}.grid{stroke:var(--line)}.s0{fill:var(--pale)}"
	".s1{fill:var(--accent)}.curve{fill:none;stroke:var(--accent);stroke-width:2}.dot{fill:var(--accent)}.k1{stroke:var(--mark);stroke-dasharray:6 3}.k2{stroke:var(--soft);stroke-dasharray:2 3}\n",
	".range{fill:var(--band)}.mid{stroke:var(--deep);stroke-width:3}.mark{stroke:var(--mark);"
	"stroke-dasharray:4 3}svg .marktext{fill:var(--mark)}.none{stroke:var(--soft);stroke-dasharray:2 4}\n",
	".p{fill:var(--c);fill-opacity:.7}.p.o{fill:none;stroke:var(--c)}.p.at{stroke:var(--ink);stroke-width:2}"
	"figure.wide{max-width:40rem;grid-column:1/-1}.axes-of{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;font-size:.92rem;"
	"margin:0 0 .6rem}.axes-of select{font:inherit;color:inherit;background:var(--panel);border:1px solid "
	"var(--line);border-radius:.3rem;padding:.1rem .3rem;max-width:14rem}output{display:block;min-height:3.2em;"
	"color:var(--soft);font-size:.88rem}\n",
	"details{border:1px solid var(--line);border-radius:.5rem;padding:.55rem .9rem;margin:.6rem 0}"
	"summary{cursor:pointer;font-weight:500}details caption{font-size:0;line-height:0;padding:0}\n",
	"pre{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1rem;"
	"font-size:.84rem;line-height:1.6;white-space:pre-wrap;overflow-wrap:anywhere}\n",
	"footer{color:var(--soft);font-size:.86rem;margin-top:3rem;padding-bottom:2.5rem}\n",
	"@media(max-width:30rem){header{padding-top:1.6rem}h1{font-size:1.6rem}.keys strong{font-size:1.45rem}"
	".keys{grid-template-columns:1fr 1fr}th,td{padding:.4rem .5rem}th[scope=row]{min-width:6.4rem;max-width:9rem}}\n",
	"@media print{:root{--bg:#fff;--panel:#fff;--ink:#000;--soft:#444;--line:#bbb}body{font-size:10.5pt}"
	"nav,.filter,.axes-of,output{display:none}.scroll{overflow:visible}section{break-inside:auto}.card,figure,tr{break-inside:avoid}"
	"h2,caption{break-after:avoid}details{border:0;padding:0}details::details-content{"
	"content-visibility:visible;block-size:auto}td,.card,svg *{print-color-adjust:exact;"
	"-webkit-print-color-adjust:exact}th[scope=row]{position:static}}\n",
	NULL
};

/* Sorting; choosing segments, by their labels in rows, columns, cards and
 * charts; axes of a scatter, and what a point is; and closed details open for
 * paper where the style sheet cannot. */
const char *const html_script[] = {
	"\"use strict\";\n",
	"for(const table of document.querySelectorAll(\"table\")){\n",
	" const body=table.tBodies[0],heads=[...table.tHead.rows[0].cells];\n",
	" if(!body||body.rows.length<2)continue;\n",
	" heads.forEach((th,i)=>{\n",
	"  const button=document.createElement(\"button\");\n",
	"  button.type=\"button\";button.append(...th.childNodes);th.append(button);\n",
	"  button.addEventListener(\"click\",()=>{\n",
	"   const text=th.classList.contains(\"t\"),before=th.getAttribute(\"aria-sort\");\n",
	"   const up=before?before===\"descending\":text,sign=up?1:-1;\n",
	"   const value=row=>{const c=row.cells[i];return \"v\" in c.dataset?Number(c.dataset.v):text?c.textContent:null};\n",
	"   heads.forEach(other=>other.removeAttribute(\"aria-sort\"));\n",
	"   th.setAttribute(\"aria-sort\",up?\"ascending\":\"descending\");\n",
	"   const rows=[...body.rows].map(row=>[value(row),row]);\n",
	"   rows.sort(([a],[b])=>a===null?(b===null?0:1):b===null?-1:sign*(typeof a===\"number\"?a-b:\n",
	"    String(a).localeCompare(String(b),\"en\",{numeric:true})));\n",
	"   body.append(...rows.map(([,row])=>row));\n",
	"  });\n",
	" });\n",
	"}\n",
	"const sizes=document.getElementById(\"cap-sizes\");\n",
	"const labels=sizes?[...sizes.parentNode.tBodies[0].rows].map(row=>row.cells[0].textContent):[];\n",
	"if(labels.length>1&&labels.length<=60){\n",
	" const off=new Set(),box=document.createElement(\"fieldset\"),legend=document.createElement(\"legend\");\n",
	" const hide=x=>x.toggleAttribute(\"hidden\",off.has(x.dataset.label));\n",
	" const known=new Set(labels),mark=(x,text)=>{if(known.has(text))x.dataset.label=text};\n",
	" for(const table of document.querySelectorAll(\"table\")){\n",
	"  const heads=[...table.tHead.rows[0].cells].map(th=>th.textContent);\n",
	"  for(const row of table.rows){\n",
	"   if(row.parentNode===table.tBodies[0])mark(row,row.cells[0].textContent);\n",
	"   [...row.cells].forEach((cell,i)=>mark(cell,i?heads[i]:\"\"));\n",
	"  }\n",
	" }\n",
	" for(const card of document.querySelectorAll(\".card\"))mark(card,card.querySelector(\"h3\").textContent);\n",
	" for(const g of document.querySelectorAll(\"g[data-of]\"))mark(g,g.dataset.of);\n",
	" const marked=[...document.querySelectorAll(\"[data-label]\")];\n",
	" box.className=\"filter\";legend.textContent=\"Segments shown\";box.append(legend);\n",
	" for(const text of labels){\n",
	"  const label=document.createElement(\"label\"),input=document.createElement(\"input\");\n",
	"  input.type=\"checkbox\";input.checked=true;label.append(input,\" \"+text);box.append(label);\n",
	"  input.addEventListener(\"change\",()=>{off[input.checked?\"delete\":\"add\"](text);marked.forEach(hide)});\n",
	" }\n",
	" document.querySelector(\"header\").append(box);\n",
	"}\n",
	"for(const svg of document.querySelectorAll(\"svg[data-axes]\")){\n",
	" const names=JSON.parse(svg.dataset.axes),dots=[...svg.querySelectorAll(\"[data-v]\")],axis=[0,1];\n",
	" const of=new Map(dots.map(dot=>[dot,dot.dataset.v.split(\" \").map(v=>v===\"-\"?null:Number(v))]));\n",
	" const place=[[44,384],[304,24]],group=svg.querySelector(\".axes\"),make=(name,set,text)=>{\n",
	"  const x=document.createElementNS(svg.namespaceURI,name);\n",
	"  for(const k in set)x.setAttribute(k,set[k]);if(text)x.textContent=text;group.append(x)};\n",
	" const draw=()=>{\n",
	"  const scale=axis.map((series,d)=>{\n",
	"   const all=[...of.values()].map(v=>v[series]).filter(v=>v!==null);\n",
	"   let low=Math.min(...all),high=Math.max(...all);\n",
	"   if(!(high>low)){low-=Math.abs(low)/2||1;high+=Math.abs(high)/2||1}\n",
	"   const raw=(high-low)/4,ten=10**Math.floor(Math.log10(raw)),part=raw/ten;\n",
	"   const step=ten*(part<=1?1:part<=2.5?2:part<=5?5:10);\n",
	"   low=step*Math.floor(low/step+1e-9);high=step*Math.ceil(high/step-1e-9);\n",
	"   const [from,to]=place[d],at=v=>from+(v-low)/(high-low)*(to-from),ticks=[];\n",
	"   for(let i=0;low+i*step<=high+step/2;i++)ticks.push(low+i*step);\n",
	"   return {at,ticks:ticks.map(v=>[at(v),new Intl.NumberFormat(\"en\",{notation:Math.abs(v)>=1e4?\"compact\":\"standard\",\n",
	"    maximumFractionDigits:step>=1?1:Math.ceil(-Math.log10(step))}).format(v)])};\n",
	"  });\n",
	"  group.replaceChildren();\n",
	"  for(const [y,text] of scale[1].ticks){\n",
	"   make(\"line\",{x1:44,y1:y,x2:384,y2:y,class:\"grid\"});\n",
	"   make(\"text\",{x:38,y:y+4,\"text-anchor\":\"end\",class:\"soft\"},text);\n",
	"  }\n",
	"  for(const [x,text] of scale[0].ticks)make(\"text\",{x,y:321,\"text-anchor\":\"middle\",class:\"soft\"},text);\n",
	"  make(\"text\",{x:214,y:340,\"text-anchor\":\"middle\",class:\"soft\"},names[axis[0]]);\n",
	"  make(\"text\",{x:0,y:12,class:\"soft\"},names[axis[1]]);\n",
	"  for(const [dot,v] of of){\n",
	"   const x=v[axis[0]],y=v[axis[1]];\n",
	"   dot.style.display=x===null||y===null?\"none\":\"\";\n",
	"   if(x!==null&&y!==null){dot.setAttribute(\"cx\",scale[0].at(x));dot.setAttribute(\"cy\",scale[1].at(y))}\n",
	"  }\n",
	" };\n",
	" const bar=document.createElement(\"div\"),told=document.createElement(\"output\");\n",
	" bar.className=\"axes-of\";told.textContent=\"Point at a dot for its values.\";\n",
	" [\"Across\",\"Up\"].forEach((title,d)=>{\n",
	"  const label=document.createElement(\"label\"),select=document.createElement(\"select\");\n",
	"  names.forEach((name,i)=>select.add(new Option(name,i,i===d,i===d)));\n",
	"  select.addEventListener(\"change\",()=>{axis[d]=Number(select.value);draw()});\n",
	"  label.append(title+\" \",select);bar.append(label);\n",
	" });\n",
	" let last=null;\n",
	" svg.addEventListener(\"pointerover\",event=>{\n",
	"  const v=of.get(event.target);\n",
	"  if(!v)return;\n",
	"  last?.classList.remove(\"at\");last=event.target;last.classList.add(\"at\");\n",
	"  told.textContent=last.parentNode.dataset.of+\" - \"+names.map((name,i)=>name+\": \"+(v[i]===null?\"missing\":\n",
	"   v[i].toLocaleString(\"en\"))).join(\", \");\n",
	" });\n",
	" svg.before(bar);svg.after(told);\n",
	"}\n",
	"addEventListener(\"beforeprint\",()=>{for(const d of document.querySelectorAll(\"details\"))d.open=true});\n",
	NULL
};
