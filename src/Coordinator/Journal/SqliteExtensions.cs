using Microsoft.Data.Sqlite;

namespace Distributed.Coordinator.Journal;

/// <summary>One-line statements over a connection and its open transaction.</summary>
internal static class SqliteExtensions
{
    extension(SqliteConnection connection)
    {
        public void Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            using var command = connection.Command(sql, parameters);
            command.ExecuteNonQuery();
        }

        public T Scalar<T>(string sql)
        {
            using var command = connection.Command(sql, []);
            return (T)command.ExecuteScalar()!;
        }

        public IEnumerable<SqliteDataReader> Rows(string sql)
        {
            using var command = connection.Command(sql, []);
            using var reader = command.ExecuteReader();
            while (reader.Read())
                yield return reader;
        }

        private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this folder; values travel as parameters.
            command.CommandText = sql;
#pragma warning restore CA2100
            foreach (var (name, value) in parameters)
                command.Parameters.AddWithValue(name, value ?? DBNull.Value);
            return command;
        }
    }
}
