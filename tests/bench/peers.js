// SPDX-License-Identifier: MIT
// Dump to RFM by DuckDB or polars, two threads, explicit types.
// usage: node peers.js duckdb|polars narrow|full plain|dedup DUMP OUT
// narrow: last day of sale, invoices, revenue of sales; full: what seg-rfm counts.
const [, , engine, columns, dedup, dump, out] = process.argv;
const full = columns === 'full';

async function duckdb() {
  const { DuckDBInstance } = require('@duckdb/node-api');
  const db = await DuckDBInstance.create(':memory:', { threads: '2' });
  const c = await db.connect();
  const type = `{'InvoiceNo':'VARCHAR','StockCode':'VARCHAR','Description':'VARCHAR','Quantity':'BIGINT',
    'InvoiceDate':'TIMESTAMP','UnitPrice':'${full ? 'DECIMAL(18,6)' : 'DOUBLE'}','CustomerID':'DOUBLE','Country':'VARCHAR'}`;
  const rows = `read_csv('${dump}', header=true, delim=',', quote='"', columns=${type})`;
  const from = dedup === 'dedup' ? `(select distinct * from ${rows})` : rows;
  const sale = 'filter (where Quantity > 0)';
  const figures = full
    ? `max(InvoiceDate) ${sale}, count(distinct InvoiceNo) ${sale}, sum(Quantity * UnitPrice) ${sale},
       count(distinct InvoiceDate::DATE) ${sale}, count(*) ${sale}, sum(Quantity) ${sale},
       count(distinct StockCode) ${sale}, -sum(Quantity * UnitPrice) filter (where Quantity < 0), min(InvoiceDate) ${sale}`
    : 'max(InvoiceDate), count(distinct InvoiceNo), sum(Quantity * UnitPrice)';
  await c.run(`copy (select CustomerID::BIGINT, ${figures} from ${from}
    where CustomerID is not null and UnitPrice > 0 ${full ? '' : 'and Quantity > 0'}
    group by 1 order by 1::VARCHAR) to '${out}' (header, delimiter '\t')`);
}

async function polars() {
  process.env.POLARS_MAX_THREADS = '2';
  const pl = require('nodejs-polars');
  const schema = { InvoiceNo: pl.Utf8, StockCode: pl.Utf8, Description: pl.Utf8, Quantity: pl.Int64,
    InvoiceDate: pl.Utf8, UnitPrice: pl.Float64, CustomerID: pl.Float64, Country: pl.Utf8 };
  let rows = pl.scanCSV(dump, { schema });
  if (dedup === 'dedup') rows = rows.unique();
  const [q, p] = [pl.col('Quantity'), pl.col('UnitPrice')];
  const of = (c) => pl.col(c).filter(q.gt(0));
  rows = rows.filter(pl.col('CustomerID').isNotNull().and(p.gt(0)))
    .withColumns(q.mul(p).alias('amount'), pl.col('InvoiceDate').str.slice(0, 10).alias('day'));
  const narrow = [of('InvoiceDate').max().alias('last'), of('InvoiceNo').nUnique().alias('invoices'),
    of('amount').sum().alias('gross')];
  const more = [of('day').nUnique().alias('days'), of('amount').count().alias('lines'),
    of('Quantity').sum().alias('quantity'), of('StockCode').nUnique().alias('products'),
    pl.col('amount').filter(q.lt(0)).sum().alias('returned'), of('InvoiceDate').min().alias('first')];
  if (!full) rows = rows.filter(q.gt(0));
  rows.groupBy('CustomerID').agg(...(full ? narrow.concat(more) : narrow)).sort('CustomerID')
    .collectSync().writeCSV(out, { sep: '\t' });
}

(engine === 'duckdb' ? duckdb() : polars()).then(() => process.exit(0), (e) => { console.error(String(e)); process.exit(1); });
